/**
 * The type of learning-rate schedules: functions of the number of steps done so far, from 0. The library's own
 * schedules also record their settings.
 */

/**
 * The learning rate as a function of the number of steps that are done.
 *
 * @example
 * const halfEvery1000: Schedule = (step) => 1e-3 * 0.5 ** Math.floor(step / 1000);
 * const optimizer = adam({ learningRate: halfEvery1000 });
 * optimizer.learningRate; // 0.001
 */
export type Schedule = (step: number) => number;

/** Name and settings of a schedule, for checkpoints. A resumed training must have the same. */
type ScheduleConfig = Readonly<Record<string, string | number | boolean>>;

const configs = new WeakMap<Schedule, ScheduleConfig>();

/** Records the settings of a schedule, and returns the schedule. */
export function withConfig(config: ScheduleConfig, schedule: Schedule): Schedule {
  configs.set(schedule, config);
  return schedule;
}

/** The settings of a schedule of this library; undefined for a user's function. */
export function configOfSchedule(schedule: Schedule): ScheduleConfig | undefined {
  return configs.get(schedule);
}
