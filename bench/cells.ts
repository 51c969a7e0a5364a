/** What a request asks for. */
export const SUBJECTS = [
	"products",
	"list",
	"cached-list",
	"search",
	"orders",
	"login",
	"login-known",
	"login-unknown",
] as const;
export type Subject = (typeof SUBJECTS)[number];

/** Whom it is asked: Stoa in its two shapes, and what they are measured against. */
export const SIDES = ["laptop", "floor", "cluster", "echo"] as const;
export type SideName = (typeof SIDES)[number];

/** What the project promises of a cell on two cores. */
export interface Goal {
	/** Requests a second beside those of the floor. */
	readonly ratio: number;
	readonly statementsPerRequest?: number;
}

/** One subject at one number of connections, each with one request on its way at a time. */
export interface Load {
	readonly subject: Subject;
	readonly connections: number;
}

/** A load and those who take turns with it. */
export interface Cell extends Load {
	/** The first one's requests a second are set beside each of the others'. */
	readonly sides: readonly [SideName, ...SideName[]];
	readonly goal?: Goal;
	/** How many times as long as others it warms up. */
	readonly warmUps?: number;
}

/** Cells that answer one question. */
export interface Section {
	readonly name: "floor" | "shapes";
	readonly title: string;
	readonly cells: readonly Cell[];
}

const beside = (sides: Cell["sides"]) => (subject: Subject, connections: number, goal?: Goal) => ({
	...{ subject, connections, sides },
	...(goal && { goal }),
});

const ours = beside(["laptop", "floor"]);
const shaped = beside(["cluster", "laptop", "echo"]);

export const SECTIONS: readonly Section[] = [
	{
		name: "floor",
		title: "Stoa on a laptop, one process, beside the floor",
		cells: [
			ours("products", 1),
			ours("products", 32, { ratio: 0.4 }),
			ours("products", 128),
			ours("list", 1),
			ours("list", 32, { ratio: 0.4 }),
			ours("list", 128),
			ours("cached-list", 32, { ratio: 0.5 }),
			ours("search", 32, { ratio: 0.5 }),
			ours("orders", 1),
			ours("orders", 16, { ratio: 0.06, statementsPerRequest: 30 }),
			ours("login", 1),
			ours("login", 32),
			ours("login", 128),
			// Both verify one password. Their times must not tell which accounts exist.
			beside(["laptop"])("login-known", 1),
			beside(["laptop"])("login-unknown", 1),
		],
	},
	{
		name: "shapes",
		title: "Stoa as a cluster, six processes, beside the laptop and a bare moleculer-web echo, two processes",
		cells: [
			shaped("products", 1),
			shaped("products", 32),
			shaped("list", 32),
			// The echo has nothing to sell. An order takes the most code, in each process little of it at a time.
			{ ...beside(["cluster", "laptop"])("orders", 16), warmUps: 4 },
		],
	},
];

/** `orders@16` */
export const nameOf = ({ subject, connections }: Load): string => `${subject}@${connections}`;

/** Everyone whom these sections measure. */
export const sidesOf = (sections: readonly Section[]): SideName[] => [
	...new Set(sections.flatMap(({ cells }) => cells.flatMap(({ sides }) => sides))),
];

/**
 * The sections with these cells only: a subject selects its cells beside the floor, `floor` and `shapes` all of theirs.
 *
 * @throws an error that names what there is
 */
export function sectionsNamed(names: readonly string[]): Section[] {
	const known: readonly string[] = [...SUBJECTS, ...SECTIONS.map(({ name }) => name)];
	const unknown = names.find((name) => !known.includes(name));
	if (unknown !== undefined) throw new Error(`Nothing is measured as "${unknown}". Name some of: ${known.join(", ")}.`);

	return SECTIONS.map((section) => {
		const isWhole = names.includes(section.name);
		const isNamed = ({ subject }: Cell) => isWhole || (section.name === "floor" && names.includes(subject));
		return { ...section, cells: section.cells.filter(isNamed) };
	}).filter(({ cells }) => cells.length > 0);
}

/**
 * A load by its name: `orders@16` at that many connections, `orders` at the number that is most telling.
 *
 * @throws an error that says how a load is named
 */
export function loadNamed(name: string): Load {
	const [first = "", count] = name.split("@");
	const subject = SUBJECTS.find((each) => each === first);
	if (subject === undefined) throw new Error(`Nothing is asked as "${first}". Name one of: ${SUBJECTS.join(", ")}.`);
	if (count === undefined) return { subject, connections: subject === "orders" ? 16 : 32 };
	const connections = Number(count);
	if (Number.isInteger(connections) && connections > 0 && connections <= 1000) return { subject, connections };
	throw new Error(`"${name}" is no cell. Name one such as orders@16: a subject and 1 to 1000 connections.`);
}

/** @throws an error that names the sides there are */
export function sideNamed(name: string): SideName {
	const side = SIDES.find((each) => each === name);
	if (side === undefined) throw new Error(`There is no side "${name}". Name one of: ${SIDES.join(", ")}.`);
	return side;
}
