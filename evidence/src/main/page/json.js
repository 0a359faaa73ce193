// JSON as section 1 accepts it, and its canonical form (RFC 8785). Slow and complete: for the few
// files that are JSON, and to tell what is wrong with a line that scanner.js refuses.

const MAX_DEPTH = 64; // the payload object is level 1

class BadJson extends Refused {}

/** Reads the one value that fills a text. Objects are Maps, so that no name means anything. */
class JsonReader {
  #text;
  #at = 0;
  #depth = 0;
  #maxDepth;

  constructor(text, maxDepth) {
    this.#text = text;
    this.#maxDepth = maxDepth;
  }

  read() {
    const value = this.#value();
    if (this.#at < this.#text.length) {
      throw this.#wrong("there is more after the value");
    }
    return value;
  }

  #value() {
    this.#space();
    const value = this.#bareValue();
    this.#space();
    return value;
  }

  #bareValue() {
    switch (this.#text[this.#at]) {
      case "{":
        return this.#nested(() => this.#object());
      case "[":
        return this.#nested(() => this.#array());
      case '"':
        return this.#string();
      case "t":
        return this.#word("true", true);
      case "f":
        return this.#word("false", false);
      case "n":
        return this.#word("null", null);
      default:
        return this.#number();
    }
  }

  #nested(read) {
    if (this.#depth === this.#maxDepth) {
      throw this.#wrong(`nesting deeper than ${this.#maxDepth}`);
    }
    this.#depth++;
    this.#at++;
    const value = read();
    this.#depth--;
    return value;
  }

  #object() {
    const members = new Map();
    this.#space();
    if (this.#takes("}")) {
      return members;
    }
    do {
      this.#space();
      if (this.#text[this.#at] !== '"') {
        throw this.#wrong("expected a member's name");
      }
      const name = this.#string();
      if (members.has(name)) {
        throw this.#wrong("a member's name stands twice");
      }
      this.#space();
      if (!this.#takes(":")) {
        throw this.#wrong("expected :");
      }
      members.set(name, this.#value());
    } while (this.#takes(","));
    if (!this.#takes("}")) {
      throw this.#wrong("expected , or }");
    }
    return members;
  }

  #array() {
    const elements = [];
    this.#space();
    if (this.#takes("]")) {
      return elements;
    }
    do {
      elements.push(this.#value());
    } while (this.#takes(","));
    if (!this.#takes("]")) {
      throw this.#wrong("expected , or ]");
    }
    return elements;
  }

  #string() {
    this.#at++;
    const pieces = [];
    while (true) {
      pieces.push(this.#match(/[^"\\\u0000-\u001f]*/y));
      if (this.#takes('"')) {
        break;
      }
      const escape = this.#match(/\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y);
      if (escape === null) {
        throw this.#wrong("a string is not closed, or holds a control character or other escape");
      }
      pieces.push(
        escape[1] === "u"
          ? String.fromCharCode(parseInt(escape.slice(2), 16))
          : { b: "\b", f: "\f", n: "\n", r: "\r", t: "\t" }[escape[1]] ?? escape[1],
      );
    }
    const text = pieces.join("");
    if (/\p{Cs}/u.test(text)) {
      throw this.#wrong("a lone surrogate");
    }
    return text;
  }

  #number() {
    const spelled = this.#match(/-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y);
    if (spelled === null) {
      throw this.#wrong("expected a value");
    }
    const value = Number(spelled);
    if (!Number.isFinite(value)) {
      throw this.#wrong("a number too large for a double");
    }
    if (value === 0 && /[1-9]/.test(spelled.split(/[eE]/)[0])) {
      throw this.#wrong("a number that vanishes in a double");
    }
    const isInteger = /^-?[0-9]+$/.test(spelled);
    if (isInteger && !Number.isSafeInteger(value) && String(value) !== spelled) {
      throw this.#wrong("an integer beyond 2^53-1 that is not its double's canonical form");
    }
    return value;
  }

  #word(word, value) {
    if (!this.#text.startsWith(word, this.#at)) {
      throw this.#wrong("expected a value");
    }
    this.#at += word.length;
    return value;
  }

  #space() {
    this.#match(/[ \t\n\r]*/y);
  }

  #takes(character) {
    const is = this.#text[this.#at] === character;
    this.#at += is ? 1 : 0;
    return is;
  }

  #match(sticky) {
    sticky.lastIndex = this.#at;
    const found = sticky.exec(this.#text);
    if (found === null) {
      return null;
    }
    this.#at += found[0].length;
    return found[0];
  }

  #wrong(why) {
    return new BadJson(`${why}, at character ${this.#at}`);
  }
}

/** The value that bytes spell and whether they are its canonical form; BadJson where refused. */
function parseJson(bytes, maxDepth = MAX_DEPTH) {
  const text = decodeUtf8(bytes);
  if (text === null) {
    throw new BadJson("not UTF-8");
  }
  const value = new JsonReader(text, maxDepth).read();
  return { value, isCanonical: writeJson(value) === text };
}

/** The canonical form: RFC 8785 takes strings, numbers and the order of names from ECMAScript. */
function writeJson(value) {
  if (value instanceof Map) {
    const names = [...value.keys()].sort();
    const members = names.map((name) => `${JSON.stringify(name)}:${writeJson(value.get(name))}`);
    return `{${members.join(",")}}`;
  }
  if (Array.isArray(value)) {
    return `[${value.map(writeJson).join(",")}]`;
  }
  return typeof value === "string" ? JSON.stringify(value) : String(value);
}

/** Whether a value is a whole number in a range, however it was spelled. */
function isInteger(value, low = 0, high = MAX_SAFE) {
  return Number.isInteger(value) && value >= low && value <= high;
}

/** A text member of what may be an object; undefined where there is none. */
function textOf(object, name) {
  const value = object instanceof Map ? object.get(name) : undefined;
  return typeof value === "string" ? value : undefined;
}
