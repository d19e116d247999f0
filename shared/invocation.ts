/** What Lambda says of an invocation. Its own lines, such as "Task timed out", have the same id. */
export interface Invocation {
  readonly awsRequestId: string;
}
