/** The part of dynalite 4 that the embedded cloud uses; it has no types of its own. */
declare module 'dynalite' {
  import type { Server } from 'node:http';

  export interface DynaliteOptions {
    /** Milliseconds that tables stay in CREATING, DELETING and UPDATING. */
    readonly createTableMs?: number;
    readonly deleteTableMs?: number;
    readonly updateTableMs?: number;
    /** Folder of a LevelDB store; in memory when left out. */
    readonly path?: string;
  }

  /** An HTTP server that speaks DynamoDB; closing it closes its store. */
  export default function dynalite(options?: DynaliteOptions): Server;
}
