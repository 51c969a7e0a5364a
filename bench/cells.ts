/** What a request asks for. */
export const SUBJECTS = ["products", "list", "orders", "login"] as const;
export type Subject = (typeof SUBJECTS)[number];

/** What the project promises of a cell on two cores. */
export interface Goal {
	/** Requests a second beside those of the floor. */
	readonly ratio: number;
	readonly statementsPerRequest?: number;
}

/** One subject at one number of connections, each with one request on its way at a time. */
export interface Cell {
	readonly subject: Subject;
	readonly connections: number;
	readonly goal?: Goal;
}

export const CELLS: readonly Cell[] = [
	{ subject: "products", connections: 1 },
	{ subject: "products", connections: 32, goal: { ratio: 0.4 } },
	{ subject: "products", connections: 128 },
	{ subject: "list", connections: 1 },
	{ subject: "list", connections: 32, goal: { ratio: 0.4 } },
	{ subject: "list", connections: 128 },
	{ subject: "orders", connections: 1 },
	{ subject: "orders", connections: 16, goal: { ratio: 0.06, statementsPerRequest: 30 } },
	{ subject: "login", connections: 1 },
	{ subject: "login", connections: 32 },
	{ subject: "login", connections: 128 },
];

/** `orders@16` */
export const nameOf = ({ subject, connections }: Cell): string => `${subject}@${connections}`;

/** @throws an error that names the subjects there are */
export function subjectNamed(name: string): Subject {
	const subject = SUBJECTS.find((each) => each === name);
	if (subject === undefined) throw new Error(`Nothing is measured as "${name}". Name some of: ${SUBJECTS.join(", ")}.`);
	return subject;
}

/**
 * A cell by its name: `orders@16` at that many connections, `orders` at the number that is most telling.
 *
 * @throws an error that says how a cell is named
 */
export function cellNamed(name: string): Cell {
	const [first = "", count] = name.split("@");
	const subject = subjectNamed(first);
	if (count === undefined) return { subject, connections: subject === "orders" ? 16 : 32 };
	const connections = Number(count);
	if (Number.isInteger(connections) && connections > 0 && connections <= 1000) return { subject, connections };
	throw new Error(`"${name}" is no cell. Name one such as orders@16: a subject and 1 to 1000 connections.`);
}
