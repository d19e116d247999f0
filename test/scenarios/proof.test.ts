import { playChapter } from './chapter.ts';

playChapter('proof');
