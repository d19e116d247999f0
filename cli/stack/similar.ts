/** The one of `known` that was probably meant by `typed`, if one is close. */
export function similar(typed: string, known: readonly string[]): string | undefined {
  const wanted = typed.toLowerCase();
  const [closest] = known
    .map((name) => ({ name, distance: distance(wanted, name.toLowerCase()) }))
    .sort((one, other) => one.distance - other.distance);
  return closest !== undefined && closest.distance <= Math.max(2, typed.length / 3) ? closest.name : undefined;
}

/** Letters to put in, take out, change or swap with their neighbour (optimal string alignment). */
function distance(one: string, other: string): number {
  const rows: number[][] = [Array.from({ length: other.length + 1 }, (_, column) => column)];
  const at = (row: number, column: number) => rows[row]?.[column] ?? Number.POSITIVE_INFINITY;
  for (let row = 1; row <= one.length; row++) {
    const line = [row];
    rows.push(line);
    for (let column = 1; column <= other.length; column++) {
      const same = one[row - 1] === other[column - 1];
      const swapped = one[row - 1] === other[column - 2] && one[row - 2] === other[column - 1];
      line.push(
        Math.min(
          at(row - 1, column) + 1,
          at(row, column - 1) + 1,
          at(row - 1, column - 1) + (same ? 0 : 1),
          swapped ? at(row - 2, column - 2) + 1 : Number.POSITIVE_INFINITY,
        ),
      );
    }
  }
  return at(one.length, other.length);
}
