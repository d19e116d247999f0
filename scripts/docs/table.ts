/** A table in Markdown. Stars and bars outside code are text, not marks. */
export function table(columns: readonly string[], rows: readonly (readonly string[])[]): string {
  return [columns, columns.map(() => '---'), ...rows]
    .map((cells) => `| ${cells.map((cell) => cell.replace(/[|*](?![^`]*`)/g, '\\$&')).join(' | ')} |`)
    .join('\n');
}
