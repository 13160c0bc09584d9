/**
 * The subject of a record after an event: what the event says of the person is added to what the record knew. null is what an
 * erasure leaves of either, and stays. An event that says nothing of the person leaves the subject as it was.
 */
export function withSubject<State extends { readonly subject?: object | null }>(
  next: Omit<State, 'subject'>,
  before: State['subject'],
  event: { readonly subject?: State['subject'] },
): State {
  const merged = mergeSubjects(before, event.subject)
  // The two parts together are a State; the compiler cannot add an optional property back to an Omit of a type parameter.
  return (merged === undefined ? next : { ...next, subject: merged }) as State
}

function mergeSubjects(before: object | null | undefined, added: object | null | undefined): object | null | undefined {
  if (before === null || added === null) return null
  if (added === undefined) return before
  return { ...before, ...added }
}
