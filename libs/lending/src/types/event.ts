/** An event of a record: what happened, and apart from it what leads to a person (null after an erasure). */
export interface EventWith<Type extends string, Data, Subject> {
  readonly type: Type
  readonly data: Data
  readonly subject?: Subject | null
}
