const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const tenth = new Intl.NumberFormat('en', { maximumFractionDigits: 1 });
const short = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 });

/** `12,345`. */
export function count(value: number): string {
  return whole.format(value);
}

/** At most so many digits that it stays readable at a glance: `12,345`, `1.2M`. */
export function shortCount(value: number): string {
  return Math.abs(value) < 100_000 ? whole.format(value) : short.format(value);
}

/** Things a second; `–`: there is no telling. */
export function rate(value: number | null | undefined): string {
  if (value === null || value === undefined) return '–';
  return value > 0 && value < 10 ? tenth.format(value) : shortCount(value);
}

/** `1.4 GiB`. */
export function bytes(value: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let [left, unit] = [value, 0];
  while (left >= 1024 && unit < units.length - 1) {
    left /= 1024;
    unit += 1;
  }
  return `${left < 10 && unit > 0 ? tenth.format(left) : whole.format(left)} ${units[unit]}`;
}

/** Seconds as a clock shows them: `4:05`, `2:03:00`; days in front. */
export function duration(seconds: number): string {
  const left = Math.max(0, Math.round(seconds));
  const [days, hours, minutes] = [
    Math.floor(left / 86_400),
    Math.floor(left / 3600) % 24,
    Math.floor(left / 60) % 60,
  ];
  const two = (value: number): string => String(value).padStart(2, '0');
  const tail = `${days + hours > 0 ? two(minutes) : minutes}:${two(left % 60)}`;
  const clock = days + hours > 0 ? `${days > 0 ? two(hours) : hours}:${tail}` : tail;
  return days > 0 ? `${days} d ${clock}` : clock;
}

/** Milliseconds since 1970 as the wall clock of whoever looks: `14:03:22`, with the day where it is another one. */
export function clock(wall: number, now: number): string {
  const date = new Date(wall);
  const time = date.toTimeString().slice(0, 8);
  return date.toDateString() === new Date(now).toDateString() ? time : `${day(date)} ${time}`;
}

function day(date: Date): string {
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

/** `1 source`, `2 sources`. */
export function counted(value: number, thing: string): string {
  return `${count(value)} ${thing}${value === 1 ? '' : 's'}`;
}
