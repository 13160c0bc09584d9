import type { ScheduleKind } from '../types/project.ts'
import { adHoc } from './ad-hoc.ts'
import { flat } from './flat.ts'
import type { ScheduleBuilder } from './schedule.ts'

/** Every kind of schedule with its builder; declining balance, equal principal and others are added here. */
export const schedules: Readonly<Record<ScheduleKind, ScheduleBuilder>> = { FLAT: flat, AD_HOC: adHoc }

export { outstandingOf, type ScheduleBuilder, type ScheduleInput, type Settlement } from './schedule.ts'
