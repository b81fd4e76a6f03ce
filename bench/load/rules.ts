/** A configuration of flood-check rules, all different, six lines each and two around them. */
export function rules(count: number): string {
  const lines = ['config waf layer4-connection-flood-check-rule'];
  for (let rule = 1; rule <= count; rule++) {
    lines.push(
      `  edit "rule ${rule}"`,
      '    set action block-period',
      `    set layer4-connection-threshold ${rule % 65_537}`,
      `    set block-period ${1 + (rule % 3600)}`,
      '    set severity High',
      '  next',
    );
  }
  lines.push('end', '');
  return lines.join('\n');
}

export function linesOf(count: number): number {
  return count * 6 + 2;
}
