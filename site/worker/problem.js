/** Answers that are not a success (RFC 9457): thrown anywhere, made a response in one place. */

export class Problem extends Error {
  /**
   * @param {string} name  A key of the settings' `problems`.
   * @param {object[]} errors  The parameters at fault.
   */
  constructor(name, errors = []) {
    super(name);
    this.name = name;
    this.errors = errors;
  }
}
