import { defineView } from '@growr/books'
import { isOpenCase, type PaymentState } from '@growr/lending'
import { personOf } from '../payment/payment.confirm.ts'

/** Which payments lead to whom, and whether they are still under way: for the erasure of a person. */
export const persons = defineView({
  name: 'payment-persons',
  version: 1,
  kinds: ['payment'],
  schema: `
    CREATE TABLE person (key TEXT PRIMARY KEY, person TEXT NOT NULL, organization TEXT NOT NULL, open INTEGER NOT NULL);
    CREATE INDEX person_payments ON person (person, organization, key);`,
  apply(db, entry) {
    const state = entry.state as unknown as PaymentState | null
    // What leads to nobody any more is nobody's.
    if (!state?.subject) return
    const open = state.status === 'ADDED' || isOpenCase(state) || (state.reversal ?? null) !== null
    db.run(
      'INSERT INTO person (key, person, organization, open) VALUES (?, ?, ?, ?) ON CONFLICT (key) DO UPDATE SET person = excluded.person, open = excluded.open',
      state.key, personOf(state), state.organizationId, open ? 1 : 0,
    )
  },
})
