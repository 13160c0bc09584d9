import { Refusal } from '@growr/contracts'

/** What a file of rows may be at most; what is larger is refused before it is read. */
export const CSV_LIMITS = { bytes: 5 * 1024 * 1024, rows: 50_000, columns: 100, cell: 4_000 } as const

/** Why a row, or the file as a whole, cannot be read. */
export type CsvReason =
  | 'TOO_LARGE' | 'TOO_MANY_ROWS' | 'TOO_MANY_COLUMNS' | 'NOT_UTF8' | 'EMPTY'
  | 'QUOTE_OPEN' | 'QUOTE_MISPLACED' | 'HEADER_MISSING' | 'HEADER_TWICE' | 'HEADER_UNKNOWN'
  | 'CELL_COUNT' | 'CELL_TOO_LONG' | 'CELL_CHARACTER'

/** What is wrong with one row: where it begins in the file (the header is line 1), which column where it is one, and why. No content. */
export interface RowFault {
  readonly line: number
  readonly column: string | null
  readonly reason: string
}

export interface CsvRow<C extends string> {
  readonly line: number
  /** Trimmed; '' where the cell is empty or an optional column is not there. */
  readonly cells: Readonly<Record<C, string>>
}

export interface CsvColumns<C extends string> {
  readonly required: readonly C[]
  readonly optional?: readonly C[]
  /** Other names under which a column may come, such as a provider's own. */
  readonly names?: Readonly<Partial<Record<C, readonly string[]>>>
  /** Columns that nobody asked for: refused, since one may be a misspelt optional one, unless the file is somebody else's. */
  readonly others?: 'ignore'
}

export interface Csv<C extends string> {
  readonly rows: readonly CsvRow<C>[]
  /** Rows that have not the cells of the header: to be listed with those that are wrong in their content. */
  readonly faults: readonly RowFault[]
}

/**
 * Rows out of CSV (RFC 4180): UTF-8 with or without a byte order mark, separated by commas or by semicolons (whichever comes first
 * in the header), lines ended by CR LF or LF, empty lines left out. The header's names are compared without regard to case and to
 * spaces around them. CSV_INVALID with the line and a reason where the file as a whole cannot be read or is larger than CSV_LIMITS.
 */
export function readCsv<C extends string>(input: string | Uint8Array, columns: CsvColumns<C>): Csv<C> {
  const records = parse(textOf(input))
  const header = records.next().value
  if (!header) throw invalid(1, 'EMPTY')
  const at = positions(header, columns)
  const rows: CsvRow<C>[] = []
  const faults: RowFault[] = []
  for (const { line, cells } of records) {
    if (rows.length + faults.length === CSV_LIMITS.rows) throw invalid(line, 'TOO_MANY_ROWS')
    const fault = faultOf(cells, header)
    if (fault) faults.push({ line, ...fault })
    else rows.push({ line, cells: Object.fromEntries(at.map(([column, index]) => [column, index === -1 ? '' : cells[index]!.trim()])) as Record<C, string> })
  }
  return { rows, faults }
}

interface Line {
  readonly line: number
  readonly cells: readonly string[]
}

function textOf(input: string | Uint8Array): string {
  if ((typeof input === 'string' ? Buffer.byteLength(input) : input.byteLength) > CSV_LIMITS.bytes) throw invalid(1, 'TOO_LARGE')
  if (typeof input === 'string') return input.startsWith('\uFEFF') ? input.slice(1) : input
  try {
    // Takes the byte order mark away by itself.
    return new TextDecoder('utf-8', { fatal: true }).decode(input)
  } catch {
    throw invalid(1, 'NOT_UTF8')
  }
}

function positions<C extends string>({ line, cells }: Line, { required, optional = [], names, others }: CsvColumns<C>): [C, number][] {
  const found = cells.map(nameOf)
  const taken = new Set<number>()
  const indexOf = (column: C): number => {
    const known = [column, ...(names?.[column] ?? [])].map(nameOf)
    const indices = found.flatMap((name, index) => (known.includes(name) ? [index] : []))
    if (indices.length > 1) throw invalid(line, 'HEADER_TWICE', column)
    const [index = -1] = indices
    taken.add(index)
    return index
  }
  const all = [...required, ...optional].map((column): [C, number] => [column, indexOf(column)])
  const missing = all.find(([column, index]) => index === -1 && required.includes(column))
  if (missing) throw invalid(line, 'HEADER_MISSING', missing[0])
  if (others !== 'ignore' && found.some((_, index) => !taken.has(index))) throw invalid(line, 'HEADER_UNKNOWN')
  return all
}

const nameOf = (name: string): string => name.trim().toLowerCase()

function faultOf(cells: readonly string[], header: Line): Omit<RowFault, 'line'> | null {
  if (cells.length !== header.cells.length) return { column: null, reason: 'CELL_COUNT' satisfies CsvReason }
  const column = (index: number): string => header.cells[index]!.trim().slice(0, 60)
  const long = cells.findIndex((cell) => cell.length > CSV_LIMITS.cell)
  if (long !== -1) return { column: column(long), reason: 'CELL_TOO_LONG' satisfies CsvReason }
  const odd = cells.findIndex((cell) => NOT_TEXT.test(cell))
  return odd === -1 ? null : { column: column(odd), reason: 'CELL_CHARACTER' satisfies CsvReason }
}

/** Control characters other than tab and line ends, and the mark of a byte that was not UTF-8. */
// oxlint-disable-next-line no-control-regex
const NOT_TEXT = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F\uFFFD]/

/** The records of the text, each with the line on which it begins. */
function* parse(text: string): Generator<Line, undefined> {
  const separator = separatorOf(text)
  let at = 0
  let line = 1
  while (at < text.length) {
    const begins = line
    const cells: string[] = []
    let quoted = false
    for (;;) {
      if (text[at] === '"') {
        const cell = quotedCell(text, at, begins)
        quoted = true
        for (const mark of cell.value) if (mark === '\n') line += 1
        cells.push(cell.value)
        at = cell.end
      } else {
        let end = at
        while (end < text.length && text[end] !== separator && text[end] !== '\n' && text[end] !== '"') end += 1
        if (text[end] === '"') throw invalid(line, 'QUOTE_MISPLACED')
        const value = text.slice(at, end)
        cells.push(text[end] === '\n' || end === text.length ? value.replace(/\r$/, '') : value)
        at = end
      }
      if (cells.length > CSV_LIMITS.columns) throw invalid(begins, 'TOO_MANY_COLUMNS')
      if (text[at] === separator) {
        at += 1
        continue
      }
      if (text[at] === '\r' && (text[at + 1] === '\n' || at + 1 === text.length)) at += 1
      if (at < text.length && text[at] !== '\n') throw invalid(line, 'QUOTE_MISPLACED')
      at += 1
      line += 1
      break
    }
    if (quoted || cells.length > 1 || cells[0]!.trim() !== '') yield { line: begins, cells }
  }
  return undefined
}

/** A cell in quotes, where two of them stand for one; `end` is behind the last quote. */
function quotedCell(text: string, start: number, line: number): { value: string; end: number } {
  let value = ''
  for (let from = start + 1; ;) {
    const quote = text.indexOf('"', from)
    if (quote === -1) throw invalid(line, 'QUOTE_OPEN')
    value += text.slice(from, quote)
    if (text[quote + 1] !== '"') return { value, end: quote + 1 }
    value += '"'
    from = quote + 2
  }
}

/** Whichever of comma and semicolon comes first outside quotes, in the first line that is not empty. */
function separatorOf(text: string): ',' | ';' {
  let quoted = false
  for (const mark of text.trimStart()) {
    if (mark === '"') quoted = !quoted
    else if (!quoted && (mark === ',' || mark === ';')) return mark
    else if (!quoted && mark === '\n') break
  }
  return ','
}

const invalid = (line: number, reason: CsvReason, column?: string): Refusal =>
  new Refusal('CSV_INVALID', { path: 'csv', details: { line, reason, ...(column === undefined ? {} : { column }) } })

/**
 * CSV that `readCsv` and a spreadsheet read: RFC 4180 with CR LF. A text that a spreadsheet would take for a formula gets an
 * apostrophe in front; numbers and dates stay as they are.
 */
export function csvText(header: readonly string[], rows: readonly (readonly (string | number | null)[])[]): string {
  return [header, ...rows].map((cells) => `${cells.map(cellText).join(',')}\r\n`).join('')
}

function cellText(value: string | number | null): string {
  const text = value === null ? '' : String(value)
  const safe = /^[=+\-@\t\r]/.test(text) && !/^[+-]?\d[\d.]*$/.test(text) ? `'${text}` : text
  return /[",;\r\n]/.test(safe) || safe !== safe.trim() ? `"${safe.replaceAll('"', '""')}"` : safe
}
