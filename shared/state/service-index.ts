import type { RequestNote, ServiceRow } from './row.ts';

/** Requests that are kept of one service, the last ones. */
export const MAX_REQUESTS = 50;

/** The rows as the API needs them: page by page, and with who asked for what. It takes no lease. */
export interface ServiceIndex {
  /**
   * Rows in no order that means anything.
   * @param after ARN of the last row of the page before.
   * @returns `last`: where the next page goes on; `undefined` when there is none.
   */
  page(
    after: string | undefined,
    limit: number,
  ): Promise<{ readonly rows: readonly ServiceRow[]; readonly last: string | undefined }>;
  /** Notes that somebody asked for something, creating the row when there is none. A pass under way is not disturbed. */
  noteRequest(serviceArn: string, note: RequestNote): Promise<void>;
}
