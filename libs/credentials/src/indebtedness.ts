/** A ceiling on what a borrower owes, as a multiple of what comes in within a month. */
export interface Indebtedness {
  /** Code of the currency in which all of it is. */
  readonly currency: string
  /** What the holder would owe with the loan that is asked for, in minor units. */
  readonly owed: bigint
  /** The most, in months of income: decimal text such as "6" or "2.5". */
  readonly factor: string
}

const FACTOR = /^(\d{1,4})(?:\.(\d{1,6}))?$/

/** Whether what is owed is more than the factor times the monthly income (in minor units); to the unit, without rounding. An income that is none exceeds. */
export function exceedsCeiling({ owed, factor }: Indebtedness, monthlyIncome: unknown): boolean {
  const [, whole = '', fraction = ''] = FACTOR.exec(factor) ?? []
  if (whole === '' || !Number.isSafeInteger(monthlyIncome)) return true
  return owed * 10n ** BigInt(fraction.length) > BigInt(whole + fraction) * BigInt(monthlyIncome as number)
}
