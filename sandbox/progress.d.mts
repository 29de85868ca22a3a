export declare function showProgress(
  stream: { write(text: string): unknown; readonly isTTY?: boolean; readonly columns?: number },
  line: () => string,
): { end(): void }
