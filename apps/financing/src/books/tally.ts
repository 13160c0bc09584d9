import type { ViewDatabase, ViewReader } from '@growr/books'
import { loanContribution, outstandingOf, type LoanState } from '@growr/lending'
import { isPositive } from '@growr/money'

/**
 * Loans counted by organization, project, status and the due date of the oldest instalment that is not paid, with the principal that
 * is at risk once it is late (minor units, as digits): so that a list of a million says how many there are as fast as one of a thousand.
 */
export const TALLY = `CREATE TABLE tally (organization TEXT NOT NULL, project TEXT NOT NULL, status TEXT NOT NULL, currency TEXT NOT NULL, due TEXT NOT NULL, loans INTEGER NOT NULL, risk TEXT NOT NULL,
      PRIMARY KEY (organization, project, status, due)) WITHOUT ROWID;
    CREATE INDEX tally_project ON tally (project);`

export interface Counted {
  readonly organization?: string | undefined
  readonly project?: string | undefined
  readonly status?: string | undefined
  /** Of which something is due by that day. */
  readonly by?: string | undefined
}

/** When the oldest instalment of a running loan that is not paid falls due, and the principal that is left; '' and nothing of others. */
export function dueOf(state: LoanState): { readonly due: string; readonly risk: bigint } {
  const oldest = state.status === 'DISBURSED' || state.status === 'DEFAULTED' ? state.schedule.find((row) => isPositive(outstandingOf(row))) : undefined
  return oldest ? { due: oldest.dueDate, risk: loanContribution(state).receivablePrincipal.amount } : { due: '', risk: 0n }
}

/** Takes a loan's old share out and its new one in. */
export function tally(db: ViewDatabase, before: LoanState | null, after: LoanState): void {
  const [old, now] = [before && dueOf(before), dueOf(after)]
  if (before && old && before.status === after.status && old.due === now.due && old.risk === now.risk) return
  if (before && old) move(db, before, old, -1)
  move(db, after, now, 1)
}

function move(db: ViewDatabase, { organizationId, projectKey, status, currency }: LoanState, { due, risk }: ReturnType<typeof dueOf>, sign: 1 | -1): void {
  const at = [organizationId, projectKey, status, due]
  const row = db.get('SELECT loans, risk FROM tally WHERE organization = ? AND project = ? AND status = ? AND due = ?', ...at)
  const loans = Number(row?.['loans'] ?? 0) + sign
  if (loans === 0) {
    db.run('DELETE FROM tally WHERE organization = ? AND project = ? AND status = ? AND due = ?', ...at)
    return
  }
  db.run(
    `INSERT INTO tally (organization, project, status, currency, due, loans, risk) VALUES (?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (organization, project, status, due) DO UPDATE SET loans = excluded.loans, risk = excluded.risk`,
    organizationId, projectKey, status, currency.code, due, loans, String(BigInt(String(row?.['risk'] ?? '0')) + BigInt(sign) * risk),
  )
}

function conditions({ organization, project, status, by }: Counted): { sql: string; values: string[] } {
  const parts: [string, string | undefined][] = [['organization = ?', organization], ['project = ?', project], ['status = ?', status], ['due <> \'\' AND due <= ?', by]]
  const given = parts.filter((part): part is [string, string] => part[1] !== undefined)
  return { sql: given.map(([sql]) => sql).join(' AND ') || '1', values: given.map(([, value]) => value) }
}

/** How many loans. */
export function countLoans(view: ViewReader, which: Counted): number {
  const { sql, values } = conditions(which)
  return Number(view.get(`SELECT sum(loans) AS n FROM tally WHERE ${sql}`, ...values)?.['n'] ?? 0)
}

/** How many of them there are, and their principal, by currency and the oldest due date. */
export function riskOf(view: ViewReader, which: Counted & { readonly by: string }): { currency: string; due: string; loans: number; principal: bigint }[] {
  const { sql, values } = conditions(which)
  return view.all(`SELECT currency, due, loans, risk FROM tally WHERE ${sql}`, ...values)
    .map((row) => ({ currency: String(row['currency']), due: String(row['due']), loans: Number(row['loans']), principal: BigInt(String(row['risk'])) }))
}
