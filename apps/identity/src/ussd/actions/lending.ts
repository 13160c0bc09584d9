import { loan, payment, Refusal } from '@growr/contracts'
import type { Act, Ask } from '../ask.ts'
import { money } from '../words.ts'

const valueOf = (ask: Ask, name: string): string => {
  const value = ask.values[name]
  if (value === undefined || value === '') throw new Refusal('NOT_FOUND', { path: name })
  return value
}

export const apply: Act = async (ask) => {
  const given = { project: valueOf(ask, 'project'), amount: valueOf(ask, 'amount'), months: Number(valueOf(ask, 'months')) }
  const made = await ask.call(loan.applyForLoan, given, { requestId: ask.requestId() })
  return { values: { loan: made.key } }
}

export const sign: Act = async (ask) => {
  const given = { loan: valueOf(ask, 'loan'), digest: valueOf(ask, 'digest'), keyFacts: valueOf(ask, 'keyFacts') }
  const signed = await ask.call(loan.signLoan, given, { requestId: ask.requestId() })
  return { values: { amount: money(signed.contractAmount), currency: signed.currency } }
}

/** The whole key facts statement, of which a phone shows the short one. */
export const sendKeyFacts: Act = async (ask) => {
  await ask.call(loan.sendKeyFacts, { loan: valueOf(ask, 'loan') }, { requestId: ask.requestId() })
  return { notice: { text: 'notice.factsSent' } }
}

export const waive: Act = async (ask) => {
  await ask.call(loan.waiveCoolingOff, { loan: valueOf(ask, 'loan') }, { requestId: ask.requestId() })
  return { notice: { text: 'notice.waived' } }
}

export const withdraw: Act = async (ask) => {
  await ask.call(loan.withdraw, { loan: valueOf(ask, 'loan') }, { requestId: ask.requestId() })
  return { notice: { text: 'notice.withdrawn' } }
}

export const confirmService: Act = async (ask) => {
  await ask.call(loan.confirmService, { loan: valueOf(ask, 'loan'), code: ask.secret('code') }, { requestId: ask.requestId() })
  return { notice: { text: 'notice.serviced' } }
}

export const takeDue: Act = (ask) => Promise.resolve({ values: { amount: valueOf(ask, 'sumDue') } })
export const takeAll: Act = (ask) => Promise.resolve({ values: { amount: valueOf(ask, 'sumLeft') } })

export const requestPaymentCode: Act = async (ask) => {
  const made = await ask.call(payment.requestPaymentCode, { loan: valueOf(ask, 'loan'), amount: valueOf(ask, 'amount') }, { requestId: ask.requestId() })
  return { values: { code: made.code, shortCode: made.shortCode, currency: made.currency, amount: money(made.amount ?? valueOf(ask, 'amount')) } }
}

/** Confirms cash that an agent registered. */
export const confirmCash: Act = async (ask) => {
  const confirmed = await ask.call(payment.confirmRepayment, { payment: valueOf(ask, 'payment'), code: ask.secret('code') }, { requestId: ask.requestId() })
  return { values: { amount: money(confirmed.amount), currency: confirmed.currency } }
}
