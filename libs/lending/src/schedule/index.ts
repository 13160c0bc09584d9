import type { ScheduleKind } from '../types/project.ts'
import { adHoc } from './ad-hoc.ts'
import { equalInstalments, equalPrincipal } from './declining.ts'
import { flat } from './flat.ts'
import type { ScheduleBuilder } from './schedule.ts'

/** Every kind of schedule with its builder. */
export const schedules: Readonly<Record<ScheduleKind, ScheduleBuilder>> = {
  FLAT: flat,
  AD_HOC: adHoc,
  EQUAL_INSTALMENTS: equalInstalments,
  EQUAL_PRINCIPAL: equalPrincipal,
}

export { outstandingOf, type ScheduleBuilder, type ScheduleInput, type Settlement } from './schedule.ts'
