interface Column {
  name: string;
  class?: string;
  /** For screen readers alone: what stands below says it to all others. */
  hidden?: true;
}

/** The names of a table's columns. */
export function TableHead({ names }: { names: readonly (string | Column)[] }) {
  const columns = names.map((name): Column => (typeof name === "string" ? { name } : name));
  return (
    <thead>
      <tr>
        {columns.map(({ name, class: className, hidden }) => (
          <th key={name} scope="col" class={className}>
            {hidden ? <span class="visually-hidden">{name}</span> : name}
          </th>
        ))}
      </tr>
    </thead>
  );
}
