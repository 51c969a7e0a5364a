/** One line of an exposition; `metricName` where it differs from the metric's own, as for a histogram's parts. */
export interface Reading {
	readonly labels: Readonly<Record<string, string>>;
	readonly value: number;
	readonly metricName?: string;
}

/** What a prom-client registry asks of its metrics: ours are registered there beside its own. */
export interface Metric {
	readonly name: string;
	get(): { name: string; help: string; type: "counter" | "gauge" | "histogram"; values: Reading[] };
}

/** More series than this of one metric would mean that a label holds ids; the rest is counted as `other`. */
export const MAX_SERIES = 1_000;

/** The series of one metric, one for each combination of label values. */
abstract class Labelled<Series> implements Metric {
	readonly name: string;
	readonly help: string;
	readonly labelNames: readonly string[];
	protected abstract readonly type: ReturnType<Metric["get"]>["type"];
	protected readonly series = new Map<string, { readonly labels: Reading["labels"]; readonly of: Series }>();

	constructor(name: string, help: string, labelNames: readonly string[] = []) {
		this.name = name;
		this.help = help;
		this.labelNames = labelNames;
	}

	/** The series with these label values, in the order of the label names; keep it where it is used often. */
	of(...values: readonly string[]): Series {
		const found = this.series.get(values.join("\n"));
		if (found !== undefined) return found.of;
		const isFull = this.series.size >= MAX_SERIES && values.some((value) => value !== "other");
		return isFull ? this.of(...this.labelNames.map(() => "other")) : this.add(values);
	}

	/** Forgets the series with these label values: what nobody can tell any more is not shown. */
	remove(...values: readonly string[]): void {
		this.series.delete(values.join("\n"));
	}

	/** Forgets every series. */
	clear(): void {
		this.series.clear();
	}

	get() {
		const values = [...this.series.values()].flatMap(({ labels, of }) => this.readings(labels, of));
		return { name: this.name, help: this.help, type: this.type, values };
	}

	protected abstract create(): Series;
	protected abstract readings(labels: Reading["labels"], series: Series): Reading[];

	private add(values: readonly string[]): Series {
		const labels = Object.fromEntries(this.labelNames.map((name, index) => [name, values[index] ?? ""]));
		const created = { labels, of: this.create() };
		this.series.set(values.join("\n"), created);
		return created.of;
	}
}

class Count {
	value = 0;

	inc(by = 1): void {
		this.value += by;
	}
}

/** Counts what happened since the process started. */
export class Counter extends Labelled<Count> {
	protected readonly type = "counter";
	protected create = () => new Count();
	protected readings = (labels: Reading["labels"], { value }: Count) => [{ labels, value }];
}

class Level {
	read: () => number = () => 0;

	/** @param value the level, or how to read it at the moment of a scrape */
	set(value: number | (() => number)): void {
		this.read = typeof value === "number" ? () => value : value;
	}
}

/** Shows how much there is of something. */
export class Gauge extends Labelled<Level> {
	protected readonly type = "gauge";
	protected create = () => new Level();
	protected readings = (labels: Reading["labels"], { read }: Level) => [{ labels, value: read() }];
}

/** Upper bounds in seconds: an answer from memory takes 0.1 ms, the slowest checkout 3 s. */
const BOUNDS: readonly number[] = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

class Durations {
	readonly counts: number[] = Array<number>(BOUNDS.length + 1).fill(0);
	sum = 0;

	observe(seconds: number): void {
		let bucket = 0;
		while (bucket < BOUNDS.length && seconds > (BOUNDS[bucket] as number)) bucket += 1;
		this.counts[bucket] = (this.counts[bucket] as number) + 1;
		this.sum += seconds;
	}
}

/** Shows how durations are distributed, in seconds. */
export class Histogram extends Labelled<Durations> {
	protected readonly type = "histogram";
	protected create = () => new Durations();

	protected readings(labels: Reading["labels"], { counts, sum }: Durations): Reading[] {
		const bucket = `${this.name}_bucket`;
		let count = 0;
		const buckets = counts.map((inBucket, index) => {
			count += inBucket;
			return { metricName: bucket, labels: { ...labels, le: String(BOUNDS[index] ?? "+Inf") }, value: count };
		});
		const total = { metricName: `${this.name}_count`, labels, value: count };
		return [...buckets, { metricName: `${this.name}_sum`, labels, value: sum }, total];
	}
}
