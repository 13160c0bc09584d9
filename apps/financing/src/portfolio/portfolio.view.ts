import { defineView, type StoredEntry, type ViewDatabase } from '@growr/books'
import { loanContribution, lostPrincipal, paidOf, type LoanState } from '@growr/lending'

/**
 * The loans of each project in sums, by status and by the due date of the oldest instalment that is not wholly paid: how late they
 * are on any day is then a sum over a few hundred rows, however many loans there are. What a loan adds is kept beside it, so that its
 * old share can be taken out of the sums before its new one is added. Minor units, as digits.
 */
export const portfolioView = defineView({
  name: 'portfolio',
  version: 2,
  kinds: ['loan'],
  personal: false,
  schema: `
    CREATE TABLE share (loan TEXT PRIMARY KEY, status TEXT NOT NULL, due TEXT NOT NULL, principal TEXT NOT NULL, interest TEXT NOT NULL);
    CREATE TABLE sums (project TEXT NOT NULL, status TEXT NOT NULL, due TEXT NOT NULL, loans INTEGER NOT NULL, principal TEXT NOT NULL, interest TEXT NOT NULL, PRIMARY KEY (project, status, due)) WITHOUT ROWID;`,
  apply(db, entry) {
    if (entry.state !== null) applyLoan(db, entry, entry.state as unknown as LoanState)
  },
})

interface Share {
  readonly status: string
  /** '' where nothing is due any more. */
  readonly due: string
  readonly principal: bigint
  readonly interest: bigint
}

function applyLoan(db: ViewDatabase, entry: StoredEntry, state: LoanState): void {
  const after = shareOf(state)
  const row = db.get('SELECT status, due, principal, interest FROM share WHERE loan = ?', entry.key)
  const before = row ? { status: String(row['status']), due: String(row['due']), principal: BigInt(String(row['principal'])), interest: BigInt(String(row['interest'])) } : null
  if (before) move(db, state.projectKey, before, -1n)
  if (!after) {
    if (before) db.run('DELETE FROM share WHERE loan = ?', entry.key)
    return
  }
  move(db, state.projectKey, after, 1n)
  db.run(
    `INSERT INTO share (loan, status, due, principal, interest) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (loan) DO UPDATE SET status = excluded.status, due = excluded.due, principal = excluded.principal, interest = excluded.interest`,
    entry.key, after.status, after.due, String(after.principal), String(after.interest),
  )
}

/** What a loan that was paid out adds: what is owed on it, what was lost, or what it brought back. Others add nothing. */
export function shareOf(loan: LoanState): Share | null {
  if (loan.status === 'DISBURSED' || loan.status === 'DEFAULTED') {
    const { receivablePrincipal, receivableInterest } = loanContribution(loan)
    const oldest = loan.schedule.find((row) => row.settledOn === null)
    return { status: loan.status, due: oldest?.dueDate ?? '', principal: receivablePrincipal.amount, interest: receivableInterest.amount }
  }
  const paid = paidOf(loan)
  if (loan.status === 'REPAID') return { status: loan.status, due: '', principal: paid.principal.amount, interest: paid.interest.amount }
  if (loan.status !== 'WRITTEN_OFF') return null
  // What was recovered is principal first.
  const principal = lostPrincipal(loan).amount
  return { status: loan.status, due: '', principal, interest: loanContribution(loan).losses.amount - principal }
}

function move(db: ViewDatabase, project: string, { status, due, principal, interest }: Share, sign: 1n | -1n): void {
  const row = db.get('SELECT loans, principal, interest FROM sums WHERE project = ? AND status = ? AND due = ?', project, status, due)
  const loans = Number(row?.['loans'] ?? 0) + Number(sign)
  if (loans === 0) {
    db.run('DELETE FROM sums WHERE project = ? AND status = ? AND due = ?', project, status, due)
    return
  }
  const sum = (column: 'principal' | 'interest', change: bigint): string => String(BigInt(String(row?.[column] ?? '0')) + sign * change)
  db.run(
    `INSERT INTO sums (project, status, due, loans, principal, interest) VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT (project, status, due) DO UPDATE SET loans = excluded.loans, principal = excluded.principal, interest = excluded.interest`,
    project, status, due, loans, sum('principal', principal), sum('interest', interest),
  )
}
