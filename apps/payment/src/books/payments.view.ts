import { defineView, type StoredEntry, type ViewDatabase } from '@growr/books'
import type { PaymentState } from '@growr/lending'
import { encodeJson } from '@growr/money'
import { presentPayment } from '../payment/payment.present.ts'

/** What the Payment service looks up and lists: each payment with its state and as the API shows it, and the balance of each account. */
export const payments = defineView({
  name: 'payments',
  version: 1,
  kinds: ['payment'],
  schema: `
    CREATE TABLE payment (key TEXT PRIMARY KEY, organization TEXT NOT NULL, project TEXT NOT NULL, loan TEXT, kind TEXT NOT NULL, status TEXT NOT NULL, seq INTEGER NOT NULL, state TEXT NOT NULL, shown TEXT NOT NULL) WITHOUT ROWID;
    CREATE INDEX payment_loan ON payment (loan, kind, status, key);
    CREATE INDEX payment_project ON payment (project, status);
    CREATE TABLE balance (account TEXT NOT NULL, currency TEXT NOT NULL, organization TEXT NOT NULL, project TEXT NOT NULL, amount TEXT NOT NULL, PRIMARY KEY (account, currency)) WITHOUT ROWID;
    CREATE INDEX balance_project ON balance (project);
    CREATE INDEX balance_organization ON balance (organization);`,
  apply(db, entry) {
    for (const posting of entry.postings) post(db, entry, posting)
    const state = entry.state as unknown as PaymentState | null
    if (state === null) return
    db.run(
      `INSERT INTO payment (key, organization, project, loan, kind, status, seq, state, shown) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (key) DO UPDATE SET status = excluded.status, seq = excluded.seq, state = excluded.state, shown = excluded.shown`,
      state.key, state.organizationId, state.projectKey, state.loanKey, state.kind, state.status, entry.seq, encodeJson(state), JSON.stringify(presentPayment(state, entry.seq)),
    )
  },
})

function post(db: ViewDatabase, entry: StoredEntry, posting: StoredEntry['postings'][number]): void {
  const { account, currency } = posting
  const row = db.get('SELECT amount FROM balance WHERE account = ? AND currency = ?', account, currency)
  const amount = BigInt(row ? String(row['amount']) : '0') + BigInt(posting.amount)
  const project = account.slice(account.lastIndexOf('/') + 1)
  db.run(
    'INSERT INTO balance (account, currency, organization, project, amount) VALUES (?, ?, ?, ?, ?) ON CONFLICT (account, currency) DO UPDATE SET amount = excluded.amount',
    account, currency, entry.organization, project, amount.toString(),
  )
}
