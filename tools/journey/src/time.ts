const DAY = 86_400_000

/** The instant of a local date and time in a time zone: the earlier one where a clock change makes two, the later where it makes none. */
export function instantOf(date: string, time: string, timezone: string): Date {
  const local = Date.parse(`${date}T${time}:00Z`)
  const offset = (at: number): number => {
    const parts = Object.fromEntries(new Intl.DateTimeFormat('en-US', { timeZone: timezone, hourCycle: 'h23', year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', second: '2-digit' }).formatToParts(at).map((part) => [part.type, part.value]))
    return Date.parse(`${parts['year']}-${parts['month']}-${parts['day']}T${parts['hour']}:${parts['minute']}:${parts['second']}Z`) - at
  }
  // The offset changes at most once in two days.
  const candidates = [offset(local - DAY), offset(local + DAY)].map((hours) => local - hours)
  const found = candidates.filter((at) => at + offset(at) === local)
  return new Date(found.length > 0 ? Math.min(...found) : Math.max(...candidates))
}

/** The date that a calendar on the wall shows in a time zone. */
export const localDate = (at: Date, timezone: string): string => new Intl.DateTimeFormat('en-CA', { timeZone: timezone, year: 'numeric', month: '2-digit', day: '2-digit' }).format(at)
