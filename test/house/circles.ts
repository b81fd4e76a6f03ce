/** The circles of a graph (its strongly connected parts of more than one node), each in the order of its names. */
export function circlesIn(graph: ReadonlyMap<string, readonly string[]>): readonly (readonly string[])[] {
  const circles: string[][] = [];
  const placed = new Set<string>();
  for (const node of graph.keys()) {
    if (placed.has(node)) continue;
    const from = reachedFrom(node, graph);
    const circle = [...from].filter((other) => reachedFrom(other, graph).has(node)).sort();
    for (const each of circle) placed.add(each);
    if (circle.length > 0) circles.push(circle);
  }
  return circles;
}

function reachedFrom(node: string, graph: ReadonlyMap<string, readonly string[]>): ReadonlySet<string> {
  const reached = new Set<string>();
  const queue = [node];
  for (const from of queue) {
    for (const to of graph.get(from) ?? []) {
      if (reached.has(to)) continue;
      reached.add(to);
      queue.push(to);
    }
  }
  return reached;
}
