import { playChapter } from './chapter.ts';

playChapter('coming');
