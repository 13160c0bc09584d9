import { describe, expect, it } from 'vitest'
import fc from 'fast-check'
import { formatAmount, sum, type Amount } from '@growr/money'
import { closingCash, distribute, DomainFault, type DistributionInput, type PayableKind } from './index.ts'
import { hnl, units } from './testing/sample.ts'

const text = (amount: Amount) => formatAmount(amount)
const lines = (input: DistributionInput) => distribute(input).map(line => [line.kind, line.party, text(line.owed), text(line.amount)])

/**
 * Two investors with 200,000.00 and 100,000.00, junior capital of 100,000.00, two community loans that earned 9,000.00 of interest.
 * cash = 400.00 fees + 1,000.00 deposits + 300,000.00 senior + 100,000.00 junior + 9,000.00 interest = 410,400.00, less the loss.
 */
function project(cash: string, unpaidPrincipal: string, loss = unpaidPrincipal): DistributionInput {
  return {
    organizationId: 'comsa',
    cash: hnl(cash),
    closing: {
      fees: hnl('400.00'), deposits: hnl('1000.00'), senior: hnl('300000.00'), junior: hnl('100000.00'), interest: hnl('9000.00'),
      yield: hnl('0.00'), loss: hnl(loss), exchange: hnl('0.00'),
    },
    unpaidPrincipal: hnl(unpaidPrincipal),
    deposits: [{ loanKey: 'loan-1', amount: hnl('500.00') }, { loanKey: 'loan-2', amount: hnl('500.00') }],
    seniors: [
      { contractKey: 'ines', principal: hnl('200000.00'), yield: hnl('3000.00') },
      { contractKey: 'ivan', principal: hnl('100000.00'), yield: hnl('1500.00') },
    ],
    junior: { principal: hnl('100000.00'), yield: hnl('1000.00') },
    rewards: [{ loanKey: 'loan-1', amount: hnl('200.00') }, { loanKey: 'loan-2', amount: hnl('200.00') }],
  }
}

describe('a distribution', () => {
  it('without loss: everybody whole, 9,000.00 − 4,500.00 − 1,000.00 − 400.00 = 3,100.00 is left for the junior', () => {
    const input = project('410400.00', '0.00')
    expect(text(closingCash(input))).toBe('410400.00')
    expect(lines(input)).toEqual([
      ['RISK_DEPOSIT', 'loan-1', '500.00', '500.00'],
      ['RISK_DEPOSIT', 'loan-2', '500.00', '500.00'],
      ['FEE', 'comsa', '400.00', '400.00'],
      ['SENIOR_YIELD', 'ines', '3000.00', '3000.00'],
      ['SENIOR_YIELD', 'ivan', '1500.00', '1500.00'],
      ['SENIOR_PRINCIPAL', 'ines', '200000.00', '200000.00'],
      ['SENIOR_PRINCIPAL', 'ivan', '100000.00', '100000.00'],
      ['JUNIOR_PRINCIPAL', 'comsa', '100000.00', '100000.00'],
      ['JUNIOR_YIELD', 'comsa', '1000.00', '1000.00'],
      ['REWARD', 'loan-1', '200.00', '200.00'],
      ['REWARD', 'loan-2', '200.00', '200.00'],
      ['SURPLUS', 'comsa', '3100.00', '3100.00'],
    ])
  })

  it('a loss of 600.00 that the deposits cover: 300.00 of each is used, nobody else feels it', () => {
    const found = lines(project('409800.00', '600.00'))
    expect(found.slice(0, 2)).toEqual([['RISK_DEPOSIT', 'loan-1', '200.00', '200.00'], ['RISK_DEPOSIT', 'loan-2', '200.00', '200.00']])
    expect(found.at(-1)).toEqual(['SURPLUS', 'comsa', '3100.00', '3100.00'])
  })

  it('a loss of 5,000.00 takes the deposits, the surplus, the rewards and half of the junior’s yield: 1,000.00 + 3,100.00 + 400.00 + 500.00', () => {
    // After deposits used up: cash 405,400.00 − 400.00 − 4,500.00 − 300,000.00 − 100,000.00 = 500.00: half of the junior's yield
    expect(lines(project('405400.00', '5000.00')).slice(-4)).toEqual([
      ['JUNIOR_PRINCIPAL', 'comsa', '100000.00', '100000.00'],
      ['JUNIOR_YIELD', 'comsa', '1000.00', '500.00'],
      ['REWARD', 'loan-1', '200.00', '0.00'],
      ['REWARD', 'loan-2', '200.00', '0.00'],
    ])
  })

  it('a loss of 120,000.00 and its interest of 2,000.00 reaches the investors, who share it by what they are owed', () => {
    // 288,400.00 − 400.00 fees − 4,500.00 yield = 283,500.00 for 300,000.00 of principal: 94.5 %
    expect(lines(project('288400.00', '120000.00', '122000.00'))).toEqual([
      ['FEE', 'comsa', '400.00', '400.00'],
      ['SENIOR_YIELD', 'ines', '3000.00', '3000.00'],
      ['SENIOR_YIELD', 'ivan', '1500.00', '1500.00'],
      ['SENIOR_PRINCIPAL', 'ines', '200000.00', '189000.00'],
      ['SENIOR_PRINCIPAL', 'ivan', '100000.00', '94500.00'],
      ['JUNIOR_PRINCIPAL', 'comsa', '100000.00', '0.00'],
      ['JUNIOR_YIELD', 'comsa', '1000.00', '0.00'],
      ['REWARD', 'loan-1', '200.00', '0.00'],
      ['REWARD', 'loan-2', '200.00', '0.00'],
    ])
  })

  it('shares the last unit by largest remainder, ties by order', () => {
    const input = project('1302.00', '1000000.00')
    const three = ['a', 'b', 'c'].map(contractKey => ({ contractKey, principal: hnl('1.00'), yield: hnl('300.00') }))
    // 1,302.00 − 400.00 fees = 902.00, − 900.00 of yield = 2.00 for three times 1.00
    expect(lines({ ...input, seniors: three }).filter(([kind]) => kind === 'SENIOR_PRINCIPAL').map(line => line[3])).toEqual(['0.67', '0.67', '0.66'])
  })

  it('refuses negative figures', () => {
    const input = project('410400.00', '0.00')
    expect(() => distribute({ ...input, cash: hnl('-0.01') })).toThrow(DomainFault)
    expect(() => distribute({ ...input, rewards: [{ loanKey: 'x', amount: hnl('-0.01') }] })).toThrow(DomainFault)
    expect(distribute({ ...input, cash: hnl('0.00') }).every(line => line.amount.amount === 0n)).toBe(true)
  })

  it('conserves to the unit, gives nobody more than is owed, and nothing to a tier after one that fell short', () => {
    const amount = fc.bigInt({ min: 0n, max: 10n ** 12n }).map(units)
    const few = <T>(item: fc.Arbitrary<T>) => fc.array(item, { maxLength: 6 })
    const anyInput = fc.record({
      cash: amount,
      fees: amount,
      unpaidPrincipal: amount,
      deposits: few(amount),
      seniors: few(fc.record({ principal: amount, yield: amount })),
      junior: fc.record({ principal: amount, yield: amount }),
      rewards: few(amount),
    })
    const order: PayableKind[] = ['RISK_DEPOSIT', 'FEE', 'SENIOR_YIELD', 'SENIOR_PRINCIPAL', 'JUNIOR_PRINCIPAL', 'JUNIOR_YIELD', 'REWARD', 'SURPLUS']
    fc.assert(fc.property(anyInput, ({ cash, fees, unpaidPrincipal, deposits, seniors, junior, rewards }) => {
      const found = distribute({
        organizationId: 'comsa',
        cash,
        closing: { ...project('0.00', '0.00').closing, fees },
        unpaidPrincipal,
        deposits: deposits.map((deposit, index) => ({ loanKey: `d${index}`, amount: deposit })),
        seniors: seniors.map((senior, index) => ({ contractKey: `s${index}`, ...senior })),
        junior,
        rewards: rewards.map((reward, index) => ({ loanKey: `r${index}`, amount: reward })),
      })
      expect(sum('HNL', found.map(line => line.amount))).toEqual(cash)
      expect(found.every(line => line.amount.amount >= 0n && line.amount.amount <= line.owed.amount)).toBe(true)
      const positions = found.map(line => order.indexOf(line.kind))
      expect(positions).toEqual(positions.toSorted((a, b) => a - b))
      const short = found.find(line => line.amount.amount < line.owed.amount)
      if (short) expect(found.filter(line => order.indexOf(line.kind) > order.indexOf(short.kind)).every(line => line.amount.amount === 0n)).toBe(true)
      // Deposits lose exactly what was lost, as far as they reach.
      const held = sum('HNL', deposits).amount
      const returned = sum('HNL', found.filter(line => line.kind === 'RISK_DEPOSIT').map(line => line.owed)).amount
      expect(held - returned).toBe(held < unpaidPrincipal.amount ? held : unpaidPrincipal.amount)
    }))
  })
})
