import type { StoredEntry, ViewDatabase, ViewReader } from '@growr/books'

/** The balance of one account in minor units; a debit is positive. */
export interface Balance {
  readonly account: string
  readonly currency: string
  readonly amount: bigint
}

/** The table of a view that holds the balance of each account over the view's books. */
export const BALANCES = `
    CREATE TABLE balance (account TEXT NOT NULL, currency TEXT NOT NULL, organization TEXT NOT NULL, project TEXT NOT NULL, amount TEXT NOT NULL, PRIMARY KEY (account, currency)) WITHOUT ROWID;
    CREATE INDEX balance_project ON balance (project, account);
    CREATE INDEX balance_organization ON balance (organization, account);`

/** Adds an entry's postings to the balances. The last part of an account's name is its project. */
export function post(db: ViewDatabase, { postings, organization }: Pick<StoredEntry, 'postings' | 'organization'>): void {
  for (const { account, currency, amount } of postings) {
    const held = db.get('SELECT amount FROM balance WHERE account = ? AND currency = ?', account, currency)
    const next = BigInt(held ? String(held['amount']) : '0') + BigInt(amount)
    db.run(
      'INSERT INTO balance (account, currency, organization, project, amount) VALUES (?, ?, ?, ?, ?) ON CONFLICT (account, currency) DO UPDATE SET amount = excluded.amount',
      account, currency, organization, account.slice(account.lastIndexOf('/') + 1), next.toString(),
    )
  }
}

/** The balances of a project, or of an organization's projects, in the order of the accounts. */
export function balancesOf(view: ViewReader, of: 'project' | 'organization', value: string): Balance[] {
  return view
    .all(`SELECT account, currency, amount FROM balance WHERE ${of} = ? ORDER BY account, currency`, value)
    .map((row) => ({ account: String(row['account']), currency: String(row['currency']), amount: BigInt(String(row['amount'])) }))
}

/** The balance of one account; nothing where nothing was posted. */
export function balanceOf(view: ViewReader, account: string, currency: string): bigint {
  return BigInt(String(view.get('SELECT amount FROM balance WHERE account = ? AND currency = ?', account, currency)?.['amount'] ?? '0'))
}
