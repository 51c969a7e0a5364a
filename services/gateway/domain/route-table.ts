import { MalformedRequest } from "../../contracts/platform.ts";

export interface Route {
	readonly method: string;
	/** `/orders/:id/events` */
	readonly path: string;
}

export interface Match<R extends Route> {
	readonly route: R;
	readonly params: Readonly<Record<string, string>>;
}

/** One segment of all paths: the literal ones go before the parameter. */
interface Node<R> {
	readonly literals: Map<string, Node<R>>;
	parameter: Node<R> | undefined;
	readonly routes: Map<string, R>;
}

export interface RouteTable<R extends Route> {
	/**
	 * The route of a request; HEAD finds the route of GET.
	 *
	 * @throws MalformedRequest when a parameter is not valid percent-encoding
	 */
	match(method: string, path: string): Match<R> | undefined;
	/** The methods a path answers; empty when it does not exist. */
	allowed(path: string): readonly string[];
}

/** Finds routes in time proportional to the path's segments. The first of two equal routes wins. */
export function routeTable<R extends Route>(routes: readonly R[]): RouteTable<R> {
	const root = emptyNode<R>();
	for (const route of routes) insert(root, route);

	return {
		match(method, path) {
			const segments = path.split("/");
			const route = find(root, segments, 1)?.get(method === "HEAD" ? "GET" : method);
			return route && { route, params: paramsOf(route.path, segments) };
		},
		allowed(path) {
			const methods = [...(find(root, path.split("/"), 1)?.keys() ?? [])];
			return methods.includes("GET") ? [...methods, "HEAD"] : methods;
		},
	};
}

const emptyNode = <R>(): Node<R> => ({ literals: new Map(), parameter: undefined, routes: new Map() });

function insert<R extends Route>(root: Node<R>, route: R): void {
	const last = route.path.split("/").slice(1).reduce(step, root);
	if (!last.routes.has(route.method)) last.routes.set(route.method, route);
}

function step<R>(node: Node<R>, segment: string): Node<R> {
	if (segment.startsWith(":")) return (node.parameter ??= emptyNode());
	const next = node.literals.get(segment) ?? emptyNode();
	node.literals.set(segment, next);
	return next;
}

/** The routes of the first path that fits, literals first: `/products/search` is never the product "search". */
function find<R>(node: Node<R>, segments: readonly string[], index: number): Map<string, R> | undefined {
	const segment = segments[index];
	if (segment === undefined) return node.routes.size > 0 ? node.routes : undefined;

	const literal = node.literals.get(segment);
	const found = literal && find(literal, segments, index + 1);
	if (found !== undefined) return found;
	return node.parameter && segment !== "" ? find(node.parameter, segments, index + 1) : undefined;
}

function paramsOf(path: string, segments: readonly string[]): Record<string, string> {
	const params: Record<string, string> = {};
	if (!path.includes(":")) return params;
	path.split("/").forEach((name, index) => {
		if (name.startsWith(":")) params[name.slice(1)] = decode(segments[index] ?? "");
	});
	return params;
}

function decode(segment: string): string {
	if (!segment.includes("%")) return segment;
	try {
		return decodeURIComponent(segment);
	} catch {
		throw new MalformedRequest();
	}
}
