import type { loan as contract } from '@growr/contracts'
import { isDate, remainingRows, type PlannedRow } from '@growr/lending'
import { isNegative, parseAmount, type Amount, type Currency } from '@growr/money'
import { readCsv, type CsvRow } from '@growr/service'

/** An open loan as the file tells it. */
export interface ReadLoan {
  /** The line on which it begins. */
  readonly line: number
  /** In the former books. */
  readonly number: string
  readonly member: string
  readonly phone: string
  readonly rows: readonly PlannedRow[]
}

type Column = 'number' | 'member' | 'phone' | 'due' | 'principal' | 'interest' | 'instalments'

/** Most monthly rows that one line may stand for. */
const MOST_INSTALMENTS = 600

interface ReadLine extends Pick<ReadLoan, 'line' | 'number' | 'member' | 'phone'> {
  readonly rows: readonly PlannedRow[]
}

/**
 * Loans out of CSV: number, member or phone, due, principal, interest, and instalments (one unless told), into as many equal monthly
 * parts as principal and interest are parted, the first on the due date. Lines of one number are one loan, oldest first: what is
 * overdue has a line of its own. CSV_INVALID; what is wrong with a line is listed.
 */
export function readLoans(csv: string, currency: Currency): { readonly rows: number; readonly loans: ReadLoan[]; readonly faults: contract.RowFault[] } {
  const read = readCsv<Column>(csv, { required: ['number', 'due', 'principal', 'interest'], optional: ['member', 'phone', 'instalments'] })
  const faults: contract.RowFault[] = [...read.faults]
  const loans = new Map<string, ReadLoan>()
  for (const row of read.rows) {
    const wrong = (column: Column, reason: string): undefined => void faults.push({ line: row.line, column, reason })
    const line = readLine(row, currency, wrong)
    if (!line) continue
    const known = loans.get(line.number)
    if (!known) loans.set(line.number, line)
    else if (known.member !== line.member || known.phone !== line.phone) wrong(line.member === known.member ? 'phone' : 'member', 'NOT_THE_SAME_BORROWER')
    else if (known.rows.at(-1)!.dueDate > line.rows[0]!.dueDate) wrong('due', 'NOT_IN_ORDER')
    else loans.set(line.number, { ...known, rows: [...known.rows, ...line.rows] })
  }
  return { rows: read.rows.length + read.faults.length, loans: [...loans.values()], faults }
}

function readLine({ line, cells }: CsvRow<Column>, currency: Currency, wrong: (column: Column, reason: string) => undefined): ReadLine | undefined {
  const { number, member, phone, due } = cells
  const money = (column: 'principal' | 'interest'): Amount | undefined => {
    try {
      const amount = parseAmount(cells[column], currency)
      if (!isNegative(amount)) return amount
    } catch {
      // Not an amount of this currency.
    }
    return wrong(column, 'AMOUNT_INVALID')
  }
  if (!/^[\p{L}\p{N}._/-]{1,40}$/u.test(number)) return wrong('number', 'NUMBER_INVALID')
  if (member === '' && phone === '') return wrong('member', 'BORROWER_MISSING')
  if (!isDate(due)) return wrong('due', 'DATE_INVALID')
  const count = cells.instalments === '' ? 1 : /^\d{1,3}$/.test(cells.instalments) ? Number(cells.instalments) : 0
  if (count < 1 || count > MOST_INSTALMENTS) return wrong('instalments', 'COUNT_INVALID')
  const principal = money('principal')
  const interest = money('interest')
  if (!principal || !interest) return undefined
  return { line, number, member, phone, rows: remainingRows({ principal, interest, instalments: count, nextDue: due }) }
}
