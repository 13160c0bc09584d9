import { describe, expect, it } from 'vitest'
import { formatAmount, type Amount } from '@growr/money'
import { applyLoan, closeDay, decideLoan, loanContribution, outstandingOfLoan, payoffOn, type LoanState } from '../index.ts'
import { disbursedLoan, eventsOf, hnl, openProject, repay, run, terms } from '../testing/sample.ts'

const adHoc = openProject({ loans: { ...terms, schedule: 'AD_HOC', interestRate: '24' } })
const text = (amount: Amount) => formatAmount(amount)

describe('an ad-hoc loan', () => {
  const loan = disbursedLoan(adHoc, hnl('10000.00'), 3, '2026-03-01')
  const closed = (state: LoanState, ...dates: string[]) => run(state, ...dates.map(date => ({ type: 'closeDay', date }) as const))

  it('posts what the days add up to, not the sum of rounded days', () => {
    // One day is 6.666…: through day 1 6.67, day 2 13.33, day 3 20.00
    const amounts = ['2026-03-02', '2026-03-03', '2026-03-04'].reduce<{ state: LoanState; posted: string[] }>(({ state, posted }, date) => {
      const [event] = closeDay(state, date)
      if (event?.type !== 'loan.interest-accrued') throw new Error('nothing accrued')
      return { state: applyLoan(state, event), posted: [...posted, text(event.data.interest)] }
    }, { state: loan, posted: [] })
    expect(amounts.posted).toEqual(['6.67', '6.66', '6.67'])
    expect(amounts.state.accrued).toEqual({ through: '2026-03-04', interest: hnl('20.00') })
    expect(closeDay(amounts.state, '2026-03-04')).toEqual([])
  })

  it('closing every day or one day comes to the same', () => {
    const daily = closed(loan, ...Array.from({ length: 31 }, (_, index) => `2026-03-${String(index + 1).padStart(2, '0')}`))
    expect(daily).toEqual(closed(loan, '2026-03-31'))
    expect(text(daily.accrued!.interest)).toBe('200.00')
  })

  it('is repaid by its interest to the value date and its principal, and earns cash-back by the due date', () => {
    const part = run(closed(loan, '2026-04-10'), repay(adHoc, 'p1', hnl('5000.00'), '2026-04-10'))
    expect(text(outstandingOfLoan(part))).toBe('5266.67')
    // 5,266.67 × 24 % × 52 / 360 = 182.577… = 182.58 more by 1 June, whatever the schedule expects by another day.
    expect([payoffOn(part, '2026-04-10'), payoffOn(part, '2026-06-01')].map(text)).toEqual(['5266.67', '5449.25'])
    const repaid = run(part, repay(adHoc, 'p2', hnl('5449.25'), '2026-06-01'))
    expect(repaid).toMatchObject({ status: 'REPAID', repaidOn: '2026-06-01' })
    expect([repaid.interestAmount, repaid.commitmentAmount, repaid.repaidAmount, repaid.cashBack].map(text)).toEqual(['449.25', '10449.25', '10449.25', '100.00'])
    expect(closeDay(repaid, '2026-06-02')).toEqual([])
    expect(text(payoffOn(repaid, '2026-06-02'))).toBe('0.00')
  })

  it('an earlier value date recomputes the interest of a closed day, and is adjusted by the payment that brings it', () => {
    const late = closed(loan, '2026-04-30') // 60 days: 400.00
    const [event] = eventsOf(decideLoan(late, repay(adHoc, 'p1', hnl('5000.00'), '2026-04-10', '2026-05-01')))
    if (event?.type !== 'loan.instalment-paid') throw new Error('no payment')
    // 266.67 to 10 April; 5,266.67 × 24 % × 20 / 360 = 70.222… = 70.22 to 30 April; 336.89 instead of 400.00
    const { accrued, interest, principal, overpaid } = event.data.allocation
    expect([accrued, interest, principal, overpaid].map(text)).toEqual(['-63.11', '266.67', '4733.33', '0.00'])
    expect(applyLoan(late, event).accrued).toEqual({ through: '2026-04-30', interest: hnl('336.89') })
  })

  it('is overdue when its day has closed, and interest goes on', () => {
    const overdue = closed(loan, '2026-06-01', '2026-06-30')
    expect(overdue.schedule[0]!.overdueOn).toBe('2026-06-01')
    expect(text(overdue.accrued!.interest)).toBe('806.67') // 121 days
    const repaid = run(overdue, repay(adHoc, 'p1', hnl('10806.67'), '2026-06-30'))
    expect([repaid.status, text(repaid.cashBack), text(repaid.overpaid)]).toEqual(['REPAID', '0.00', '0.00'])
  })

  it('a disbursement that is cancelled takes accrued interest with it', () => {
    const back = run(closed(loan, '2026-03-02'), { type: 'cancelDisbursement', paymentKey: 'pay-out-loan-1', on: '2026-03-03' })
    expect(back).toMatchObject({ status: 'SIGNED', accrued: null, startDate: null })
    expect(loanContribution(back).interestIncome.amount).toBe(0n)
  })
})
