/**
 * What a learning-rate schedule is: a function of the number of steps done so far, from 0. Those of the library keep
 * what they were made of.
 */

export type Schedule = (step: number) => number;

/** Its name and settings, for checkpoints: a resumed training must have the same. */
export type ScheduleConfig = Readonly<Record<string, string | number | boolean>>;

const configs = new WeakMap<Schedule, ScheduleConfig>();

/** Notes what a schedule was made of, and returns the schedule. */
export function withConfig(config: ScheduleConfig, schedule: Schedule): Schedule {
  configs.set(schedule, config);
  return schedule;
}

/** Undefined for a function of the user's. */
export function configOfSchedule(schedule: Schedule): ScheduleConfig | undefined {
  return configs.get(schedule);
}
