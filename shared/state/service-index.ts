import type { RequestNote, ServiceRow } from './row.ts';

/** How many of the last requests are kept for one service. */
export const MAX_REQUESTS = 50;

/** The rows as the API needs them: page by page, with the requests. It takes no lease. */
export interface ServiceIndex {
  /**
   * Rows in no particular order.
   * @param after ARN of the last row of the page before.
   * @returns `last`: where the next page starts; `undefined` when there is none.
   */
  page(
    after: string | undefined,
    limit: number,
  ): Promise<{ readonly rows: readonly ServiceRow[]; readonly last: string | undefined }>;
  /** Records a request, creating the row when there is none. It does not disturb a running reconciliation. */
  noteRequest(serviceArn: string, note: RequestNote): Promise<void>;
}
