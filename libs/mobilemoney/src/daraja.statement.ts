import type { StatementForm } from './provider.ts'
import { readTime } from './times.ts'

/** A figure with commas between thousands; money that went out may have a minus. */
const FIGURE = /^-?\d{1,3}(,?\d{3})*(\.\d{1,6})?$/
/** What M-PESA takes for its service: no payment of anybody. */
const CHARGE = /charge/i

/** The statement of an organization's account as the M-PESA portal exports it: a few lines about the account, then the header. */
export const mpesaStatement: StatementForm = {
  required: ['reference', 'completed', 'status', 'in', 'out'],
  optional: ['account', 'details', 'reason'],
  names: {
    reference: ['Receipt No.', 'Receipt No'],
    completed: ['Completion Time'],
    status: ['Transaction Status'],
    in: ['Paid In'],
    out: ['Withdrawn'],
    account: ['A/C No.', 'A/C No', 'Account No.'],
    details: ['Details'],
    reason: ['Reason Type'],
  },
  headerAt(text) {
    const at = text.split('\n', 40).findIndex((line) => /^\uFEFF?\s*"?receipt no/i.test(line))
    return at === -1 ? null : at
  },
  read({ reference, completed, status, in: paidIn, out, account, details, reason }) {
    // A line of totals names no receipt.
    if (reference === '') return null
    if (!/^[A-Za-z0-9]{4,32}$/.test(reference)) return 'REFERENCE'
    const at = readTime(completed)
    if (at === null) return 'TIME'
    if ((paidIn === '') === (out === '')) return 'AMOUNT'
    const direction = paidIn === '' ? 'OUT' : 'IN'
    const figure = paidIn === '' ? out : paidIn
    if (!FIGURE.test(figure) || (direction === 'IN' && figure.startsWith('-'))) return 'AMOUNT'
    if (direction === 'OUT' && (CHARGE.test(details) || CHARGE.test(reason))) return null
    return {
      reference: reference.toUpperCase(), direction, at, amount: figure.replace(/[-,]/g, ''), completed: status.toLowerCase() === 'completed',
      // Older exports have the account in the details alone: «Pay Bill from 254… Acc. GRW…».
      account: (account !== '' ? account : (/Acc\.\s*(.+)$/.exec(details)?.[1] ?? '')).slice(0, 80),
    }
  },
}
