/** A moment as log lines give it. `zone`: `(GMT+1:00)`. */
export type LogTime = { readonly date: string; readonly time: string; readonly zone: string };

/** A moment, in milliseconds since 1970, in the time zone of this process. */
export function logTime(milliseconds: number): LogTime {
  const moment = new Date(milliseconds);
  const date = [moment.getFullYear(), two(moment.getMonth() + 1), two(moment.getDate())].join('-');
  const time = [moment.getHours(), moment.getMinutes(), moment.getSeconds()].map(two).join(':');
  return { date, time, zone: zoneName(-moment.getTimezoneOffset()) };
}

/** A moment as people read it, in the time zone of this process. */
export function timeText(milliseconds: number): string {
  const { date, time } = logTime(milliseconds);
  return `${date} ${time}`;
}

function zoneName(minutesEast: number): string {
  const minutes = Math.abs(minutesEast);
  return `(GMT${minutesEast < 0 ? '-' : '+'}${Math.floor(minutes / 60)}:${two(minutes % 60)})`;
}

function two(number: number): string {
  return String(number).padStart(2, '0');
}
