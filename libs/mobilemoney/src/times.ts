const FORMS = [
  /^(?<y>\d{4})(?<m>\d\d)(?<d>\d\d)(?<h>\d\d)(?<i>\d\d)(?<s>\d\d)$/,
  /^(?<y>\d{4})-(?<m>\d\d)-(?<d>\d\d)[T ](?<h>\d\d):(?<i>\d\d)(?::(?<s>\d\d)(?:\.\d+)?)?(?<z>Z|[+-]\d\d:\d\d)?$/,
  /^(?<d>\d\d)[-/](?<m>\d\d)[-/](?<y>\d{4}) (?<h>\d\d):(?<i>\d\d)(?::(?<s>\d\d))?$/,
]

/** An instant as M-PESA writes it, in any of its forms; without a zone it is East Africa Time. null where it is none. */
export function readTime(text: string): Date | null {
  for (const form of FORMS) {
    const found = form.exec(text.trim())?.groups
    if (!found) continue
    const { y = '', m = '', d = '', h = '', i = '', s = '00', z = '+03:00' } = found
    const at = new Date(`${y}-${m}-${d}T${h}:${i}:${s}${z}`)
    return Number.isNaN(at.getTime()) ? null : at
  }
  return null
}
