import type { ViewReader } from '@growr/books'
import type { investor as contract } from '@growr/contracts'
import { daysBetween, type ProjectPosition, type ProjectState } from '@growr/lending'
import { amountOf, divide } from '@growr/money'
import { decimal } from '@growr/service'

type Bucket = contract.LoanBook['arrears'][number]['bucket']

/** The buckets of the trade with the last day of each. */
const buckets: readonly (readonly [Bucket, number])[] = [['CURRENT', 0], ['1-30', 30], ['31-60', 60], ['61-90', 90], ['OVER_90', Infinity]]

interface Sum {
  loans: number
  principal: bigint
  interest: bigint
}

const none = (): Sum => ({ loans: 0, principal: 0n, interest: 0n })

/** What has become of a project's loans by a day of its organization: in sums, out of the portfolio's view and the project's position. */
export function loanBookOf(view: ViewReader, { key, currency }: ProjectState, position: ProjectPosition, on: string): contract.LoanBook {
  const late = new Map(buckets.map(([bucket]) => [bucket, none()]))
  const [outstanding, defaulted, writtenOff, completed] = [none(), none(), none(), none()]
  for (const row of view.all('SELECT status, due, loans, principal, interest FROM sums WHERE project = ?', key)) {
    const sum: Sum = { loans: Number(row['loans']), principal: BigInt(String(row['principal'])), interest: BigInt(String(row['interest'])) }
    const status = String(row['status'])
    if (status === 'REPAID') put(completed, sum)
    else if (status === 'WRITTEN_OFF') put(writtenOff, sum)
    else {
      put(outstanding, sum)
      put(late.get(bucketOf(String(row['due']), on))!, sum)
      if (status === 'DEFAULTED') put(defaulted, sum)
    }
  }
  const text = (amount: bigint): string => decimal(amountOf(amount, currency.code), currency)
  const shown = ({ loans, principal, interest }: Sum): contract.LoanSum => ({ loans, principal: text(principal), interest: text(interest) })
  const atRisk = (['31-60', '61-90', 'OVER_90'] as const).reduce((total, bucket) => total + late.get(bucket)!.principal, 0n)
  return {
    lent: decimal(position.lent, currency),
    repaid: decimal(position.repaid, currency),
    outstanding: shown(outstanding),
    arrears: [...late].map(([bucket, sum]) => ({ bucket, ...shown(sum) })),
    par30: percentText(atRisk, outstanding.principal),
    defaulted: shown(defaulted),
    writtenOff: shown(writtenOff),
    completed: shown(completed),
    interestEarned: decimal(position.interestIncome, currency),
  }
}

function bucketOf(due: string, on: string): Bucket {
  const days = due === '' ? 0 : daysBetween(due, on)
  return buckets.find(([, last]) => days <= last)![0]
}

function put(into: Sum, sum: Sum): void {
  into.loans += sum.loans
  into.principal += sum.principal
  into.interest += sum.interest
}

/** A part as percent of a whole, rounded half-even to two decimals; zero of nothing. */
function percentText(part: bigint, whole: bigint): string {
  const hundredths = whole === 0n ? 0n : divide(part * 10_000n, whole, 'HALF_EVEN')
  return `${hundredths / 100n}.${String(hundredths % 100n).padStart(2, '0')}`
}
