package io.osmoda.query;

import io.osmoda.format.entry.CauseReference;
import io.osmoda.format.entry.Entry;
import io.osmoda.format.entry.TraceContext;
import io.osmoda.format.log.Hash;
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
import org.apache.lucene.document.NumericDocValuesField;
import org.apache.lucene.index.DocValuesType;
import org.apache.lucene.index.IndexOptions;
import org.apache.lucene.index.IndexableField;
import org.apache.lucene.util.BytesRef;
import org.apache.lucene.util.NumericUtils;
import org.jspecify.annotations.Nullable;

/**
 * An entry as the index holds it: every member by its type, the payload by path and by word.
 * Nothing is stored: what a search returns comes from the segments. One is refilled for each entry.
 * Not thread-safe.
 */
final class EntryDocument {
  /** Changes with what the index holds, so that an index of another form is rebuilt. */
  static final String SCHEMA = "3";

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

  /**
   * Bytes of a hash that are indexed, as a number: no two entries share a hash, and terms that
   * stand in one entry only are the dearest to index. What they find is read and compared whole.
   */
  private static final int HASH_PREFIX = 5;

  /** A number stands as a point of one dimension: its path's eight bytes, then its own. */
  static final int NUMBER_BYTES = 2 * Long.BYTES;

  static final int OCCURRED_BYTES = 12;

  private static final FieldType WORD = type(false, DocValuesType.SORTED);
  private static final FieldType TERM = type(false, DocValuesType.NONE);
  private static final FieldType TERMS = type(true, DocValuesType.NONE);

  private static final FieldType POINT = new FieldType();

  static {
    POINT.setDimensions(1, NUMBER_BYTES);
    POINT.freeze();
  }

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
  private final NumericDocValuesField entryHash =
      new NumericDocValuesField(Member.ENTRY_HASH.word(), 0);
  private final NumericDocValuesField payloadHash =
      new NumericDocValuesField(Member.PAYLOAD_HASH.word(), 0);
  private final List<Field> numbers = new ArrayList<>();
  private int numbersUsed;
  private final WordSplitter splitter = new WordSplitter();
  private final PayloadWalk walk =
      new PayloadWalk(
          new PayloadWalk.Sink() {
            @Override
            public void exists(byte[] key) {
              payload.put(key, 0, key.length).put(PayloadTerms.EXISTS).endTerm();
            }

            @Override
            public void value(byte[] key, char type, byte[] value, int from, int length) {
              payload.put(key, 0, key.length).put(type).put(value, from, length).endTerm();
            }

            @Override
            public void number(long path, double value) {
              if (numbersUsed == numbers.size()) {
                numbers.add(new Field(NUMBER, new BytesRef(new byte[NUMBER_BYTES]), POINT));
              }
              Field point = numbers.get(numbersUsed++);
              putNumber(path, PayloadTerms.sortable(value), point.binaryValue().bytes);
              fields.add(point);
            }

            @Override
            public void duration(double nanos) {
              if (nanos >= 0) {
                duration.setLongValue((long) nanos);
                fields.add(duration);
              }
            }

            @Override
            public void word(byte[] word) {
              text.put(word, 0, word.length).endTerm();
            }

            @Override
            public void text(byte[] utf8, int from, int to) {
              splitter.split(utf8, from, to, text);
            }
          });

  EntryDocument() {
    for (Member member : Member.GROUPED) {
      members.put(member, new Field(member.word(), new BytesRef(), WORD));
    }
    for (Member member : List.of(Member.TRACE_ID, Member.SPAN_ID, Member.PARENT_SPAN_ID)) {
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
    entryHash.setLongValue(prefix(entry.entryHash()));
    payloadHash.setLongValue(prefix(entry.payloadHash()));
    fields.add(entryHash);
    fields.add(payloadHash);
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
    byte[] details = entry.payloadBytes();
    if (details != null) {
      if (!walk.walk(details)) {
        has(HAS_MORE);
      }
      fields.add(payloadField);
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

  private void words(@Nullable String from, TermList to) {
    if (from != null) {
      splitter.split(from, (buffer, length) -> to.put(buffer, length).endTerm());
    }
  }

  /** What is indexed of a hash. */
  static long prefix(Hash hash) {
    byte[] bytes = hash.toBytes();
    long prefix = 0;
    for (int i = 0; i < HASH_PREFIX; i++) {
      prefix = prefix << 8 | (bytes[i] & 0xff);
    }
    return prefix;
  }

  /** A path's number and a value there as one point, whose order is by path and then by value. */
  static void putNumber(long path, long sortable, byte[] to) {
    NumericUtils.longToSortableBytes(path, to, 0);
    NumericUtils.longToSortableBytes(sortable, to, Long.BYTES);
  }

  /** Microseconds since 1970: for every year that a timestamp can have. */
  static long micros(Instant instant) {
    return Math.addExact(
        Math.multiplyExact(instant.getEpochSecond(), 1_000_000L), instant.getNano() / 1_000);
  }
}
