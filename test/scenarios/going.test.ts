import { playChapter } from './chapter.ts';

playChapter('going');
