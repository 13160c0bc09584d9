import { csvText } from '@growr/service'
import { type Scope, substitute } from './values.ts'

/** A file that the journey's people hand in: as a table whose cells may be references, or as it stands. */
export interface CsvFile {
  readonly columns: readonly string[]
  readonly rows: readonly (readonly (string | number | null)[])[]
}
export type File = CsvFile | string

/** The text of a file, with values in the place of the references that a table's cells are. */
export async function textOf(file: File, scope: Scope): Promise<string> {
  if (typeof file === 'string') return file
  const rows = (await substitute(file.rows, scope)) as CsvFile['rows']
  return csvText(file.columns, rows)
}

/** The cells below a column of that name, whatever its case. */
export function columnOf(file: File, name: string): string[] {
  if (typeof file === 'string') return []
  const at = file.columns.findIndex((column) => column.toLowerCase() === name)
  return at < 0 ? [] : file.rows.flatMap((row) => (typeof row[at] === 'string' && !row[at].startsWith('$') ? [row[at]] : []))
}
