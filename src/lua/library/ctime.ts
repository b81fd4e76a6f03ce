/** A time as ctime(3) writes it: in local time, without the line end. */
export function ctime(at: Date): string {
  const [day, month, date, year, time] = at.toString().split(' ');
  return `${day} ${month} ${String(Number(date)).padStart(2)} ${time} ${year}`;
}
