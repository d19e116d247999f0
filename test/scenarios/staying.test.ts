import { playChapter } from './chapter.ts';

playChapter('staying');
