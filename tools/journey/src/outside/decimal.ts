/** Reads a decimal such as "0.015" into units of so many decimals; undefined where it is none, or not above zero. */
export function unitsOf(text: string, decimals: number): bigint | undefined {
  const match = /^(\d{1,30})(?:\.(\d+))?$/.exec(text)
  const fraction = match?.[2] ?? ''
  if (!match || fraction.replace(/0+$/, '').length > decimals) return undefined
  const units = BigInt(match[1] + fraction.slice(0, decimals).padEnd(decimals, '0'))
  return units > 0n ? units : undefined
}

/** Units as a decimal with all its decimals. */
export function decimalOf(units: bigint, decimals: number): string {
  const digits = units.toString().padStart(decimals + 1, '0')
  return `${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`
}
