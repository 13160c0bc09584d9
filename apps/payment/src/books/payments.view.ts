import { defineView } from '@growr/books'
import { isOpenCase, type PaymentState } from '@growr/lending'
import { encodeJson } from '@growr/money'
import { BALANCES, post } from '@growr/service'
import { presentPayment } from '../payment/payment.present.ts'

/**
 * What the Payment service looks up and lists: each payment with its state and as the API shows it (so a change of `presentPayment`
 * is a new version), the open cases by their age, and the balance of each account.
 */
export const payments = defineView({
  name: 'payments',
  version: 8,
  kinds: ['payment'],
  schema: `
    CREATE TABLE payment (key TEXT PRIMARY KEY, organization TEXT NOT NULL, project TEXT NOT NULL, loan TEXT, kind TEXT NOT NULL, status TEXT NOT NULL, suspense INTEGER NOT NULL, since TEXT, mobile INTEGER NOT NULL, moved INTEGER NOT NULL, address TEXT, valued TEXT NOT NULL, added INTEGER NOT NULL, seq INTEGER NOT NULL, state TEXT NOT NULL, shown TEXT NOT NULL);
    CREATE INDEX payment_loan ON payment (loan, added);
    CREATE INDEX payment_project ON payment (project, status);
    CREATE INDEX payment_suspense ON payment (organization, since, key) WHERE suspense = 1;
    CREATE INDEX payment_mobile ON payment (organization, valued, key) WHERE mobile = 1;
    CREATE INDEX payment_address ON payment (address, added) WHERE address IS NOT NULL;
    ${BALANCES}`,
  apply(db, entry) {
    post(db, entry)
    const state = entry.state as unknown as PaymentState | null
    if (state === null) return
    db.run(
      `INSERT INTO payment (key, organization, project, loan, kind, status, suspense, since, mobile, moved, address, valued, added, seq, state, shown) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (key) DO UPDATE SET project = excluded.project, loan = excluded.loan, status = excluded.status, suspense = excluded.suspense, since = excluded.since, valued = excluded.valued, seq = excluded.seq, state = excluded.state, shown = excluded.shown`,
      state.key, state.organizationId, state.projectKey, state.loanKey, state.kind, state.status, isOpenCase(state) ? 1 : 0, state.suspense?.since ?? null, throughProvider(state), state.moved ? 1 : 0, state.subject?.address ?? null, state.valueDate,
      entry.seq, entry.seq, encodeJson(state), JSON.stringify(presentPayment(state, entry.seq)),
    )
  },
})

/** Whether it moved money at the provider of mobile money: hand-overs have two ends. */
const throughProvider = ({ from, to }: PaymentState): 0 | 1 => (from?.rail === 'MOBILE' || to?.rail === 'MOBILE' ? 1 : 0)
