import { playChapter } from './chapter.ts';

playChapter('policy');
