package io.osmoda.query;

import io.osmoda.ledger.CauseReference;
import io.osmoda.ledger.Entry;
import io.osmoda.ledger.Hash;
import io.osmoda.ledger.JsonArray;
import io.osmoda.ledger.JsonNumber;
import io.osmoda.ledger.JsonObject;
import io.osmoda.ledger.JsonString;
import io.osmoda.ledger.JsonValue;
import io.osmoda.ledger.TraceContext;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.apache.lucene.document.BinaryPoint;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.FieldType;
import org.apache.lucene.document.LongPoint;
import org.apache.lucene.document.NumericDocValuesField;
import org.apache.lucene.index.DocValuesType;
import org.apache.lucene.index.IndexOptions;
import org.apache.lucene.index.IndexableField;
import org.apache.lucene.util.BytesRef;
import org.apache.lucene.util.NumericUtils;
import org.jspecify.annotations.Nullable;

/**
 * An entry as the index holds it: every member by its type, the payload by path and by word.
 * Nothing is stored: what a search returns comes from the segments. One is filled anew for each
 * entry. Not thread-safe.
 */
final class EntryDocument {
  /** Changes with what the index holds, so that an index of another form is made anew. */
  static final String SCHEMA = "1";

  static final String TEXT = "text";
  static final String REASON = "reason";
  static final String CAUSE = "cause";
  static final String PAYLOAD = "payload";
  static final String NUMBER = "number";
  static final String OCCURRED = "occurred_at";

  /** What an entry has, of that which has no terms of its own. */
  static final String HAS = "has";

  static final String HAS_OCCURRED = "occurred_at";
  static final String HAS_TRACE = "trace";
  static final String HAS_PARENT = "parent";
  static final String HAS_CAUSE = "cause";
  static final String HAS_REASON = "reason";

  /** The payload has more values than are indexed. */
  static final String HAS_MORE = "more";

  /** Microseconds since 1970. */
  static final String TIME = "time";

  /** Nanoseconds that a call took, as its payload's {@code duration_ns} says. */
  static final String DURATION = "duration";

  static final String DURATION_NAME = "duration_ns";

  /** Bytes of a hash that are indexed: what they find is read and compared whole. */
  static final int HASH_PREFIX = 5;

  static final int OCCURRED_BYTES = 12;

  private static final FieldType WORD = type(false, DocValuesType.SORTED);
  private static final FieldType TERM = type(false, DocValuesType.NONE);
  private static final FieldType TERMS = type(true, DocValuesType.NONE);

  private static FieldType type(boolean tokenized, DocValuesType values) {
    FieldType type = new FieldType();
    type.setTokenized(tokenized);
    type.setOmitNorms(true);
    type.setIndexOptions(IndexOptions.DOCS);
    type.setDocValuesType(values);
    type.freeze();
    return type;
  }

  private final List<IndexableField> fields = new ArrayList<>(64);
  private final Map<Member, Field> members = new EnumMap<>(Member.class);
  private final TermList text = new TermList();
  private final TermList reason = new TermList();
  private final TermList causes = new TermList();
  private final TermList payload = new TermList();
  private final TermList has = new TermList();
  private final Field textField = new Field(TEXT, text, TERMS);
  private final Field reasonField = new Field(REASON, reason, TERMS);
  private final Field causeField = new Field(CAUSE, causes, TERMS);
  private final Field payloadField = new Field(PAYLOAD, payload, TERMS);
  private final Field hasField = new Field(HAS, has, TERMS);
  private final NumericDocValuesField time = new NumericDocValuesField(TIME, 0);
  private final NumericDocValuesField duration = new NumericDocValuesField(DURATION, 0);
  private final List<LongPoint> numbers = new ArrayList<>();
  private int numbersUsed;
  private final WordSplitter splitter = new WordSplitter();
  private final PayloadTerms payloadTerms = new PayloadTerms();
  private final PayloadTerms.Sink sink =
      new PayloadTerms.Sink() {
        @Override
        public void term(byte[] path, int pathLength, char type, byte[] value, int valueLength) {
          payload.put(path, 0, pathLength).put(type).put(value, 0, valueLength).endTerm();
        }

        @Override
        public void number(long path, long sortable) {
          if (numbersUsed == numbers.size()) {
            numbers.add(new LongPoint(NUMBER, 0, 0));
          }
          LongPoint point = numbers.get(numbersUsed++);
          point.setLongValues(path, sortable);
          fields.add(point);
        }
      };

  EntryDocument() {
    for (Member member : Member.GROUPED) {
      members.put(member, new Field(member.word(), new BytesRef(), WORD));
    }
    for (Member member :
        List.of(
            Member.TRACE_ID,
            Member.SPAN_ID,
            Member.PARENT_SPAN_ID,
            Member.ENTRY_HASH,
            Member.PAYLOAD_HASH)) {
      members.put(member, new Field(member.word(), new BytesRef(), TERM));
    }
  }

  /** The fields of an entry; good until the next call. */
  Iterable<IndexableField> of(Entry entry) {
    fields.clear();
    numbersUsed = 0;
    text.clearTerms();
    reason.clearTerms();
    causes.clearTerms();
    payload.clearTerms();
    has.clearTerms();
    Instant at = entry.instant();
    time.setLongValue(micros(at));
    fields.add(time);
    for (Member member : Member.GROUPED) {
      String value = member.value(entry);
      if (value != null) {
        put(member, value.getBytes(StandardCharsets.UTF_8));
      }
    }
    put(Member.ENTRY_HASH, prefix(entry.entryHash()));
    put(Member.PAYLOAD_HASH, prefix(entry.payloadHash()));
    trace(entry.trace());
    causes(entry.causedBy());
    occurred(entry.occurredAt());
    for (Member member : Candidate.TEXT_MEMBERS) {
      words(member.value(entry), text);
    }
    if (entry.reason() != null) {
      has(HAS_REASON);
      words(entry.reason(), reason);
      fields.add(reasonField);
    }
    JsonObject details = entry.payload();
    if (details != null) {
      payload(details);
    }
    fields.add(textField);
    if (has.count() > 0) {
      fields.add(hasField);
    }
    return fields;
  }

  private void put(Member member, byte[] value) {
    Field field = members.get(member);
    if (field == null) {
      throw new IllegalStateException("no field for " + member);
    }
    field.setBytesValue(value);
    fields.add(field);
  }

  private void has(String what) {
    has.put(what).endTerm();
  }

  private void trace(@Nullable TraceContext trace) {
    if (trace == null) {
      return;
    }
    has(HAS_TRACE);
    put(Member.TRACE_ID, HexFormat.of().parseHex(trace.traceId()));
    put(Member.SPAN_ID, HexFormat.of().parseHex(trace.spanId()));
    String parent = trace.parentSpanId();
    if (parent != null) {
      has(HAS_PARENT);
      put(Member.PARENT_SPAN_ID, HexFormat.of().parseHex(parent));
    }
  }

  private void causes(List<CauseReference> references) {
    if (references.isEmpty()) {
      return;
    }
    has(HAS_CAUSE);
    for (CauseReference reference : references) {
      byte[] term = causeTerm(reference.origin(), reference.seq());
      causes.put(term, 0, term.length).endTerm();
    }
    fields.add(causeField);
  }

  /** The term of a cause: of this ledger its number, of another its origin too. */
  static byte[] causeTerm(String origin, long seq) {
    byte[] name = origin.getBytes(StandardCharsets.UTF_8);
    byte[] term = new byte[name.length + 7];
    System.arraycopy(name, 0, term, 0, name.length);
    term[name.length] = '#';
    for (int i = 0; i < 6; i++) {
      term[name.length + 1 + i] = (byte) (seq >>> (40 - 8 * i));
    }
    return term;
  }

  private void occurred(@Nullable String occurredAt) {
    if (occurredAt != null) {
      has(HAS_OCCURRED);
      fields.add(new BinaryPoint(OCCURRED, sortable(Instant.parse(occurredAt))));
    }
  }

  /** An instant as bytes whose order is that of time. */
  static byte[] sortable(Instant instant) {
    byte[] bytes = new byte[OCCURRED_BYTES];
    NumericUtils.longToSortableBytes(instant.getEpochSecond(), bytes, 0);
    NumericUtils.intToSortableBytes(instant.getNano(), bytes, Long.BYTES);
    return bytes;
  }

  private void payload(JsonObject details) {
    if (!payloadTerms.each(details, sink)) {
      has(HAS_MORE);
    }
    fields.add(payloadField);
    if (details.get(DURATION_NAME) instanceof JsonNumber(double nanos) && nanos >= 0) {
      duration.setLongValue((long) nanos);
      fields.add(duration);
    }
    words(details);
  }

  private void words(JsonValue value) {
    switch (value) {
      case JsonString string -> words(string.value(), text);
      case JsonNumber number -> words(Numbers.text(number.value()), text);
      case JsonArray array -> array.elements().forEach(this::words);
      case JsonObject object ->
          object
              .members()
              .forEach(
                  (name, member) -> {
                    words(name, text);
                    words(member);
                  });
      default -> {}
    }
  }

  private void words(@Nullable String from, TermList to) {
    if (from != null) {
      splitter.split(from, (buffer, length) -> to.put(buffer, length).endTerm());
    }
  }

  private static byte[] prefix(Hash hash) {
    return java.util.Arrays.copyOf(hash.toBytes(), HASH_PREFIX);
  }

  /** Microseconds since 1970: for every year that a timestamp can have. */
  static long micros(Instant instant) {
    return Math.addExact(
        Math.multiplyExact(instant.getEpochSecond(), 1_000_000L), instant.getNano() / 1_000);
  }
}
